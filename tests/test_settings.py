"""What an operator may set, and what is refused before anything starts."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.settings import Settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GUANBIAO_{name.upper()}", raising=False)


def test_nothing_set_means_an_embedded_database_on_loopback_and_no_demo() -> None:
    settings = Settings()
    assert (settings.database_url, settings.demo, settings.demo_password) == (None, False, None)
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.attachments == Path(".guanbiao/attachments")
    assert settings.trusted_proxies == "", "nobody says for others where they come from"


def test_pages_are_reached_at_the_port_that_is_served_unless_something_else_is_said() -> None:
    assert (Settings(port=9001).public_url, Settings(port=9001).is_address_known) == ("http://127.0.0.1:9001", False)
    told = Settings(port=9001, public_url="https://county.test")
    assert (told.public_url, told.is_address_known) == ("https://county.test", True)


def test_settings_are_read_from_the_environment_with_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANBIAO_PORT", "9000")
    monkeypatch.setenv("GUANBIAO_DB_PGBOUNCER", "1")
    monkeypatch.setenv("GUANBIAO_DATA", "/srv/county")
    monkeypatch.setenv("GUANBIAO_DEMO_PASSWORD", "")
    monkeypatch.setenv("PORT", "1")
    settings = Settings()
    assert (settings.port, settings.db_pgbouncer, settings.data) == (9000, True, Path("/srv/county"))
    assert settings.demo_password is None


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])
def test_the_demo_may_bind_to_loopback(host: str) -> None:
    assert Settings(demo=True, host=host).demo


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "county.example", "127.0.0.1.example"])  # noqa: S104 - refused
def test_the_demo_refuses_any_other_host(host: str) -> None:
    with pytest.raises(ValidationError, match="loopback"):
        Settings(demo=True, host=host)
    assert Settings(host=host).host == host


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 0),
        ("port", 65536),
        ("log_level", "loud"),
        ("database_url", "mysql://x"),
        ("migration_url", "mysql://x"),
        ("public_url", "guanbiao.example"),
        ("public_url", "javascript:x"),
        ("public_url", "https://guanbiao.example/?x=1"),
    ],
)
def test_a_value_that_cannot_work_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: value})


def test_a_refusal_and_a_printed_setting_hold_no_secret() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(database_url="mysql://user:hunter22@server/db", demo_password="hunt")
    settings = Settings(database_url="postgresql://user:hunter22@server/db", demo_password="hunter22")
    assert "hunt" not in str(refused.value) + repr(settings)


def test_the_owner_s_address_alone_is_refused() -> None:
    with pytest.raises(ValidationError, match="GUANBIAO_DATABASE_URL") as refused:
        Settings(migration_url="postgresql://owner:hunter22@server/db")
    assert "hunter22" not in str(refused.value)


def test_the_address_on_posters_has_no_slash_at_its_end_and_says_whether_phones_reach_it() -> None:
    assert Settings().is_published is False
    settings = Settings(public_url="https://guanbiao.example/")
    assert (settings.public_url, settings.is_published) == ("https://guanbiao.example", True)
