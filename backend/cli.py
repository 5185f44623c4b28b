"""The command `guanbiao`: every way to start, prepare or check an installation."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import orjson
import typer
from pydantic import ValidationError

from backend import logs, serving
from backend.app import create_app
from backend.db.embedded import EmbeddedPostgresError
from backend.db.engine import migrate, open_database
from backend.db.programs import NoPrograms
from backend.demo.load import DemoReport, load_demo
from backend.document.verify import main_verify
from backend.keys import ExposedKey
from backend.settings import Settings

CONTRACT = Path(__file__).resolve().parent.parent / "openapi" / "openapi.json"

# A trace would show the values of variables, among them passwords and people's data.
cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@cli.command()
def run(reload: Annotated[bool, typer.Option(help="Start anew when a file of the backend changes.")] = False) -> None:
    """Serve the pages and the API; Ctrl-C stops everything, the database too."""
    settings = _settings()
    with serving.ended_by_signals(), serving.listen(settings) as listener, serving.database(settings) as dsn:
        asyncio.run(migrate(dsn))
        if settings.demo:
            asyncio.run(_load_demo(settings, dsn))
        if reload:
            listener.close()
            _announce(settings)
            serving.serve_reloading(settings, dsn)
            return
        serving.serve(settings, dsn, listener, lambda: _announce(settings))


@cli.command()
def worker() -> None:
    """Do the jobs of the queue, apart from any API process."""
    settings = _settings()
    with serving.ended_by_signals(), serving.database(settings) as dsn:
        asyncio.run(migrate(dsn))
        asyncio.run(serving.work_until_signalled(settings, dsn))


@cli.command(name="migrate")
def migrate_() -> None:
    """Bring the database to the newest revision; several processes may do so at once."""
    with serving.ended_by_signals(), serving.database(_settings()) as dsn:
        asyncio.run(migrate(dsn))


@cli.command()
def demo() -> None:
    """Load the demonstration county into the database, unless it stands there already, and set its password."""
    settings = _settings()
    with serving.ended_by_signals(), serving.database(settings) as dsn:
        asyncio.run(migrate(dsn))
        report = asyncio.run(_load_demo(settings, dsn))
    if report.loaded:
        typer.echo(f"{report.organizations} organizations, {report.members} members, {report.decisions} decisions")
    typer.echo(f"demo password   {serving.demo_password(settings)}")


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
    except (EmbeddedPostgresError, NoPrograms, ExposedKey, serving.PortTaken) as error:
        sys.exit(str(error))
    except PermissionError as error:
        sys.exit(f"{error.filename or 'a file'} may not be used by this user: {error.strerror}")


if __name__ == "__main__":
    main()
