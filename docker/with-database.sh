#!/bin/sh
# Put the database's addresses together from the mounted secrets, so that no password stands in a file or an image.
# Only what migrates is given the owner's secret.
set -eu
place=@postgres:5432/guanbiao
GUANBIAO_DATABASE_URL="postgresql://guanbiao_app:$(cat "${APPLICATION_PASSWORD_FILE:-/run/secrets/application_password}")$place"
export GUANBIAO_DATABASE_URL
owner="${POSTGRES_PASSWORD_FILE:-/run/secrets/postgres_password}"
if [ -e "$owner" ]; then
    GUANBIAO_MIGRATION_URL="postgresql://guanbiao:$(cat "$owner")$place"
    export GUANBIAO_MIGRATION_URL
fi
exec "$@"
