#!/bin/sh
# Put the database's address together from the mounted secret, so that no password stands in a file or an image.
set -eu
GUANBIAO_DATABASE_URL="postgresql://guanbiao:$(cat "${POSTGRES_PASSWORD_FILE:-/run/secrets/postgres_password}")@postgres:5432/guanbiao"
export GUANBIAO_DATABASE_URL
exec "$@"
