"""The command `guanbiao`: every way to start, prepare or check an installation."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import orjson
import typer
from pydantic import ValidationError

from backend import logs, rotating, serving
from backend.api.language import say
from backend.api.token import LIFETIME
from backend.api.token_keys import TokenKeys
from backend.app import create_app
from backend.auditing import check_log
from backend.backup import BackupError
from backend.backup.making import make_backup
from backend.backup.reading import Found
from backend.backup.restoring import check_backup, refuse_occupied, restore_backup
from backend.backup.sealing import Secret
from backend.cli_audit import audit
from backend.db.base import Session, utc_now
from backend.db.embedded import EmbeddedPostgresError
from backend.db.engine import NotMigrated, migrate, open_database
from backend.db.programs import NoPrograms
from backend.db.roles import RoleUnfit
from backend.demo.load import DemoReport, load_demo
from backend.document.verify import main_verify
from backend.domain.access import Moment
from backend.domain.errors import Problem, Refused
from backend.domain.rotation import Rotation
from backend.domain.staff.console import recover_administrator
from backend.domain.staff.invitation import create_administrators
from backend.keys import ExposedKey
from backend.settings import Settings

CONTRACT = Path(__file__).resolve().parent.parent / "openapi" / "openapi.json"

# A trace would show the values of variables, among them passwords and people's data.
cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

cli.add_typer(audit, name="audit")


@cli.command()
def run(reload: Annotated[bool, typer.Option(help="Start anew when a file of the backend changes.")] = False) -> None:
    """Serve the pages and the API; Ctrl-C stops everything, the database too."""
    settings = _settings()
    with serving.ended_by_signals(), serving.listen(settings) as listener, serving.database(settings) as addresses:
        asyncio.run(migrate(addresses))
        if settings.demo:
            asyncio.run(_load_demo(settings, addresses.application))
        if reload:
            listener.close()
            _announce(settings)
            serving.serve_reloading(settings, addresses.application)
            return
        serving.serve(settings, addresses.application, listener, lambda: _announce(settings))


@cli.command()
def worker() -> None:
    """Do the jobs of the queue, apart from any API process."""
    settings = _settings()
    with serving.ended_by_signals(), serving.database(settings) as addresses:
        asyncio.run(migrate(addresses))
        asyncio.run(serving.work_until_signalled(settings, addresses.application))


@cli.command(name="migrate")
def migrate_() -> None:
    """Bring the database to the newest revision; several processes may do so at once."""
    with serving.ended_by_signals(), serving.database(_settings()) as addresses:
        asyncio.run(migrate(addresses))


@cli.command()
def demo() -> None:
    """Load the demonstration county into the database, unless it stands there already, and set its password."""
    settings = _settings()
    with serving.ended_by_signals(), serving.database(settings) as addresses:
        asyncio.run(migrate(addresses))
        report = asyncio.run(_load_demo(settings, addresses.application))
    if report.loaded:
        typer.echo(f"{report.organizations} organizations, {report.members} members, {report.decisions} decisions")
    typer.echo(f"demo password   {serving.demo_password(settings)}")


account = typer.Typer(no_args_is_help=True, help="Accounts, before anybody can sign in.")
cli.add_typer(account, name="account")

Done = TypeVar("Done")

_PERSON = "As USERNAME=NAME, such as zhang.wei=张伟."


@account.command(name="create-admin")
def create_admin(
    system: Annotated[str | None, typer.Option(help=f"Makes accounts. {_PERSON}")] = None,
    security: Annotated[str | None, typer.Option(help=f"Says who may do what. {_PERSON}")] = None,
    audit: Annotated[str | None, typer.Option(help=f"Reads what was done. {_PERSON}")] = None,
) -> None:
    """Make the first administrators, three different people, and print a code for each with which they choose a
    password. Only for what nobody holds yet: from then on accounts and roles come from them."""
    named = {"system_admin": system, "security_admin": security, "audit_admin": audit}
    people = {role: _person(role, text) for role, text in named.items() if text is not None}
    if not people:
        raise typer.BadParameter("name at least one of --system, --security and --audit")
    settings = _settings()
    with serving.ended_by_signals(), serving.database(settings) as dsn:
        asyncio.run(migrate(dsn))
        made = asyncio.run(
            _in_one(settings, dsn.application, lambda session, moment: create_administrators(session, moment, people))
        )
    for role, invited in made:
        typer.echo(f"{role:15} {invited.account.username:20} {settings.public_url}/invitation#{invited.code}")
    typer.echo(f"Each code works once, until {made[0][1].expires_at:%Y-%m-%d %H:%M} UTC. It is not kept anywhere.")


@account.command(name="recover")
def recover_admin(username: str) -> None:
    """Let an administrator in again who lost the password or the authenticator, where no second one is left to do it.
    Prints a code; what was lost works no more, and the auditors are told."""
    settings = _settings()
    with serving.ended_by_signals(), serving.database(settings) as dsn:
        asyncio.run(migrate(dsn))
        invited = asyncio.run(
            _in_one(settings, dsn.application, lambda session, moment: recover_administrator(session, moment, username))
        )
    typer.echo(f"{invited.account.username:20} {settings.public_url}/invitation#{invited.code}")
    typer.echo(f"The code works once, until {invited.expires_at:%Y-%m-%d %H:%M} UTC. It is not kept anywhere.")


def _person(role: str, text: str) -> tuple[str, str]:
    username, _, name = text.partition("=")
    if not username.strip() or not name.strip():
        raise typer.BadParameter(f"{role}: {_PERSON}")
    return username.strip(), name.strip()


async def _in_one(settings: Settings, dsn: str, deed: Callable[[Session, Moment], Awaitable[Done]]) -> Done:
    """One deed in a transaction of its own; a refusal ends the command with its words."""
    opened = open_database(dsn, pgbouncer=settings.db_pgbouncer, pool_size=1)
    try:
        async with opened.transaction() as session:
            return await deed(session, Moment(utc_now()))
    except Refused as refused:
        first = refused.problems[0] if refused.problems else Problem("", refused.code, refused.params)
        raise SystemExit(say(first.code, first.params, "en")) from None
    finally:
        await opened.close()


@cli.command()
def verify(
    file: Path,
    key: Annotated[str | None, typer.Option(help="The county's published key fingerprint.")] = None,
    lang: Annotated[str, typer.Option(help="zh-CN or en")] = "zh-CN",
) -> None:
    """Say offline whether anything in a dossier was altered, and what: exit code 0 no, 1 yes, 2 not a dossier."""
    code, lines = main_verify(file, key, lang)
    for line in lines:
        typer.echo(line)
    raise typer.Exit(code)


PassphraseFile = Annotated[
    Path | None, typer.Option(help="A file whose first line is the passphrase; without it, it is asked for.")
]


@cli.command()
def backup(
    file: Path,
    passphrase_file: PassphraseFile = None,
    recipient: Annotated[str | None, typer.Option(help="An age public key instead of a passphrase: age1...")] = None,
) -> None:
    """Copy the whole installation into an encrypted FILE while it runs: database, files, keys."""
    settings = _settings()
    if settings.db_pgbouncer:
        raise BackupError("set GUANBIAO_DATABASE_URL to the server itself: a snapshot does not pass through PgBouncer")
    secret = Secret(recipient=recipient) if recipient else Secret(_passphrase(passphrase_file, twice=True))
    with serving.ended_by_signals(), serving.database(settings) as addresses:
        made = make_backup(settings, addresses.owner, file, secret)
    typer.echo(f"{made.path}: {made.size / 1e6:.1f} MB in {made.seconds:.1f} s; {_held(made.found)}")
    typer.echo("read back and found whole" if made.checked else "not read back: only the identity opens it")


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    passphrase_file: PassphraseFile = None,
    identity: Annotated[Path | None, typer.Option(help="The file with the age key for a --recipient.")] = None,
    check: Annotated[bool, typer.Option(help="Only read FILE and say whether it is whole.")] = False,
) -> None:
    """Put a backup into an empty data folder and an empty database, and prove that it is what was copied."""
    settings = _settings()
    secret = Secret(identity=_key_in(identity)) if identity else Secret(_passphrase(passphrase_file, twice=False))
    with file.open("rb") as opened:
        if check:
            typer.echo(f"whole: {_held(check_backup(opened, secret))}")
            return
        refuse_occupied(settings.data)
        with serving.ended_by_signals(), serving.database(settings) as addresses:
            restored = restore_backup(settings.data, addresses.owner, opened, secret)
            asyncio.run(migrate(addresses))
            checked = asyncio.run(check_log(settings, addresses.application))
    typer.echo(f"restored in {restored.seconds:.1f} s and compared: {_held(restored.found)}")
    typer.echo(f"log checked: {checked.events} events, {checked.last} seals, {len(checked.findings)} findings")
    for name, value in sorted(restored.found.manifest["settings"].items()):
        typer.echo(f"  was set: {name} = {value}")
    for finding in checked.findings:
        typer.echo(f"  {finding.text('en')}", err=True)
    if checked.findings:
        raise typer.Exit(1)


keys = typer.Typer(no_args_is_help=True, help="The keys of this installation.")
cli.add_typer(keys, name="keys")


@keys.command(name="rotate-token")
def rotate_token(
    at_once: Annotated[
        bool, typer.Option(help="A key was stolen: end every access token now; pages and programs renew by themselves.")
    ] = False,
) -> None:
    """Make the next key for access tokens. It is published now and signs in a quarter of an hour; nobody notices."""
    moment = TokenKeys(Settings().data).rotate(utc_now(), LIFETIME, at_once=at_once)
    typer.echo(f"the next key signs from {moment.isoformat()}")


@cli.command()
def openapi(
    check: Annotated[bool, typer.Option(help="Write nothing; exit code 1 when the file is not current.")] = False,
    file: Annotated[Path, typer.Option(help="Where the contract is kept.")] = CONTRACT,
) -> None:
    """Write the contract of the API, its keys sorted so that a change shows as a change."""
    # The application makes its keys when it is built; these are for no one.
    with tempfile.TemporaryDirectory() as folder:
        contract = create_app(Settings(data=Path(folder), demo=True, host="127.0.0.1")).openapi()
    text = orjson.dumps(contract, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    if not check:
        file.write_bytes(text)
    elif not file.exists() or file.read_bytes() != text:
        typer.echo(f"{file} is not what the code says: run `make openapi`", err=True)
        raise typer.Exit(1)


def _passphrase(file: Path | None, *, twice: bool) -> str:
    if file is not None:
        return file.read_text().partition("\n")[0]
    return str(typer.prompt("passphrase", hide_input=True, confirmation_prompt=twice, err=True))


def _key_in(file: Path) -> str:
    """The key of an age identity file, which may hold comments."""
    return next((line for line in file.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")), "")


def _held(found: Found) -> str:
    tables, files = found.manifest["tables"], found.manifest["files"]
    return f"{found.rows} rows in {len(tables)} tables, {len(files)} files, revision {found.about['revision']}"


@keys.command(name="rotate")
def rotate_() -> None:
    """Make the next keys and carry everything encrypted over to them while the server runs; may be broken off and run
    again. docs/database.md says how long it takes. With several machines, put the new key files on each meanwhile."""
    settings = _settings()
    with serving.ended_by_signals(), serving.database(settings) as addresses:
        asyncio.run(migrate(addresses))
        done = asyncio.run(_rotate(settings, addresses.application))
    typer.echo(f"everything lies under key {done.number}; retired: {', '.join(done.retired) or 'none'}")


async def _rotate(settings: Settings, dsn: str) -> Rotation:
    opened = open_database(dsn, pgbouncer=settings.db_pgbouncer, pool_size=1)
    try:
        return await rotating.rotate(settings, opened, typer.echo)
    finally:
        await opened.close()


def _settings() -> Settings:
    settings = Settings()
    logs.configure(settings.log_level)
    return settings


async def _load_demo(settings: Settings, dsn: str) -> DemoReport:
    opened = open_database(dsn, pgbouncer=settings.db_pgbouncer, pool_size=1)
    try:
        return await load_demo(opened, settings.data, serving.demo_password(settings))
    finally:
        await opened.close()


def _announce(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host and "[" not in settings.host else settings.host
    typer.echo(f"\n  Guanbiao 贯标   http://{host}:{settings.port}")
    if settings.demo:
        typer.echo(f"  demo password   {serving.demo_password(settings)}")
    typer.echo("  Ctrl-C stops it\n")
    sys.stdout.flush()


def _problems(error: ValidationError) -> str:
    return "\n".join(
        " ".join(
            ["GUANBIAO_" + "_".join(map(str, found["loc"])).upper() + ":" if found["loc"] else "", found["msg"]]
        ).strip()
        for found in error.errors()
    )


def main() -> None:
    """Run the command; what an operator can put right is said in a line, without a trace."""
    try:
        cli()
    except ValidationError as error:
        sys.exit(_problems(error))
    except (
        EmbeddedPostgresError,
        NoPrograms,
        NotMigrated,
        RoleUnfit,
        ExposedKey,
        BackupError,
        serving.PortTaken,
        rotating.NotYet,
    ) as error:
        sys.exit(str(error))
    except PermissionError as error:
        sys.exit(f"{error.filename or 'a file'} may not be used by this user: {error.strerror}")


if __name__ == "__main__":
    main()
