"""The house itself: stems, doors, permissions, events, refusals and the contract are held together here."""

import ast
import json
import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from openapi_spec_validator import validate
from sqlmodel import SQLModel

from backend.api.language import LANGUAGES, catalogue
from backend.app import create_app
from backend.domain.access import PERMISSIONS, ROLE_PERMISSIONS
from backend.domain.event import EVENT_KINDS
from backend.settings import Settings

ROOT = Path(__file__).parents[2]
BACKEND = ROOT / "backend"

# What anyone may ask, signed in or not.
PUBLIC = {
    "/api/v1/oauth/token",
    "/api/v1/oauth/revoke",
    "/.well-known/jwks.json",
    "/livez",
    "/readyz",
    "/api/docs",
    "/api/docs/start.js",
    "/api/v1/demo",
    "/api/v1/public/places",
    "/api/v1/public/places/{token_or_id}",
    "/api/v1/public/places/{token_or_id}/publications",
    "/api/v1/public/privacy",
    "/api/v1/problems/{code}",
    "/api/v1/public/decisions/{id}",
    "/api/v1/public/decisions/{id}/opinions",
    "/api/v1/feedback-cards",
    "/api/v1/feedback-cards/choices",
    "/api/v1/feedback-cards/track",
    "/api/v1/feedback-cards/track/rating",
    "/api/v1/feedback-cards/track/withdrawal",
    "/api/v1/feedback-cards/track/photos",
    "/api/v1/invitations/reading",
    "/api/v1/invitations/acceptance",
}
# What everybody who is signed in may ask about themselves.
SIGNED_IN = {
    "/api/v1/me",
    "/api/v1/me/record",
    "/api/v1/me/record/corrections",
    "/api/v1/me/security",
    "/api/v1/me/security/events",
    "/api/v1/me/password",
    "/api/v1/me/second-step",
    "/api/v1/me/second-step/confirmation",
    "/api/v1/me/second-step/recovery-codes",
    "/api/v1/me/second-step/removal",
    "/api/v1/me/sessions",
    "/api/v1/me/sessions/{id}/end",
    "/api/v1/me/sessions/end-others",
    "/api/v1/me/delegations",
    "/api/v1/me/delegations/colleagues",
    "/api/v1/me/delegations/{id}/end",
    "/api/v1/me/handover",
    "/api/v1/me/box-openings",
    # Whoever was named as second opener answers for that opening, and sees nothing else by it.
    "/api/v1/box-openings/{id}/confirmation",
    "/api/v1/personal-data/map",
    "/api/v1/me/copy",
    # Asks for the permission of each resource that it tells of.
    "/api/v1/changes",
    "/api/v1/changes/stream",
    "/api/v1/reconciliation",
    "/api/v1/snapshots",
    # One's own alone.
    "/api/v1/snapshots/{id}",
    "/api/v1/snapshots/{id}/content",
}

# Files of `api/` that are no record system and no mechanism with routes of its own.
FRAME = {"deps", "errors", "shapes", "language", "contract", "limits", "pages", "printing", "examples", "__init__"}


@pytest.fixture(scope="module")
def demo_routes(tmp_path_factory: pytest.TempPathFactory) -> list[APIRoute]:
    made = create_app(Settings(data=tmp_path_factory.mktemp("house"), demo=True), dsn="postgresql://nowhere")
    return all_routes(made)


def all_routes(made) -> list[APIRoute]:
    found: list[APIRoute] = []
    waiting = list(made.routes)
    while waiting:
        route = waiting.pop(0)
        if isinstance(route, APIRoute):
            found.append(route)
        elif hasattr(route, "effective_route_contexts"):
            found.extend(context for context in route.effective_route_contexts())
        elif hasattr(route, "routes"):
            waiting.extend(route.routes)
    return found


def permissions_of(route: APIRoute) -> set[str]:
    found, waiting = set(), [route.dependant]
    while waiting:
        dependant = waiting.pop()
        if (name := getattr(dependant.call, "permission", None)) is not None:
            found.add(name)
        waiting.extend(dependant.dependencies)
    return found


def test_every_stem_in_api_has_a_test() -> None:
    stems = {path.stem.removesuffix("_shapes") for path in (BACKEND / "api").glob("*.py")} - FRAME
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "api").glob("test_*.py")}
    assert stems <= tested, f"without a test: {sorted(stems - tested)}"


def test_every_route_names_a_permission_or_is_public(demo_routes: list[APIRoute]) -> None:
    assert len(demo_routes) > 20
    bare = [r.path for r in demo_routes if not permissions_of(r) and r.path not in PUBLIC | SIGNED_IN]
    assert bare == []
    named = {name for route in demo_routes for name in permissions_of(route)}
    assert named <= PERMISSIONS


def test_every_permission_is_held_by_some_role_and_used_somewhere() -> None:
    text = "\n".join(path.read_text() for path in BACKEND.rglob("*.py") if path.name != "access.py")
    unused = [permission for permission in sorted(PERMISSIONS) if f'"{permission}"' not in text]
    assert unused == []
    assert all(ROLE_PERMISSIONS.values())


def functions_of(path: Path) -> list[ast.AsyncFunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.AsyncFunctionDef)]


def calls_in(function: ast.AST) -> set[str]:
    return {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }


def kinds_recorded() -> set[str]:
    """Every event kind that the code names in a call of `record` or `event_row`, whichever way it is passed."""
    text = "\n".join(path.read_text() for path in BACKEND.rglob("*.py") if path.name != "event.py")
    return {kind for kind in EVENT_KINDS if f'"{kind}"' in text}


def test_every_registered_kind_of_event_is_recorded_somewhere_and_has_titles() -> None:
    assert set(EVENT_KINDS) - kinds_recorded() == set()
    assert all(set(titles) == set(LANGUAGES) for titles in EVENT_KINDS.values())


def test_an_event_of_an_unknown_kind_is_refused() -> None:
    from datetime import UTC, datetime
    from uuid import uuid4

    from backend.domain.access import Moment
    from backend.domain.event import event_row

    with pytest.raises(LookupError):
        event_row(None, Moment(datetime.now(UTC)), "cat.fed", county_id=None, organization_id=None, subject_id=uuid4())


WRITES = {"post", "patch", "put", "delete"}


def test_every_writing_route_calls_a_verb_of_domain() -> None:
    """A route that writes must go through `domain/`: it calls at least one function imported from there."""
    for path in sorted((BACKEND / "api").glob("*.py")):
        tree = ast.parse(path.read_text())
        imported = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and (node.module or "").startswith(("backend.domain", "backend.workbook"))
            for alias in node.names
        }
        for function in functions_of(path):
            decorators = {
                d.func.attr
                for d in function.decorator_list
                if isinstance(d, ast.Call) and isinstance(d.func, ast.Attribute)
            }
            if decorators & WRITES:
                assert calls_in(function) & imported, f"{path.name}:{function.name} writes without a verb"


def test_operation_ids_are_unique_and_name_their_tag(demo_routes: list[APIRoute]) -> None:
    ids = [route.operation_id or route.unique_id for route in demo_routes if route.include_in_schema]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z_]+", name) for name in ids)


def test_no_table_class_stands_in_a_signature(demo_routes: list[APIRoute]) -> None:
    def is_table(annotation: object) -> bool:
        return isinstance(annotation, type) and issubclass(annotation, SQLModel)

    for route in demo_routes:
        assert not is_table(route.response_model), route.path
        for field in route.dependant.body_params:
            assert not is_table(field.field_info.annotation), route.path


def test_only_three_places_commit() -> None:
    allowed = {"backend/db/engine.py", "backend/worker.py"}
    for path in BACKEND.rglob("*.py"):
        name = str(path.relative_to(ROOT))
        if name in allowed or "migrations" in name:
            continue
        commits = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute) and node.attr == "commit"
        ]
        assert commits == [], name


def test_no_import_hides_inside_a_function() -> None:
    for path in BACKEND.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
                assert hidden == [] or path.name == "cli.py", f"{path}:{function.name}"


def test_files_stay_small() -> None:
    for path in BACKEND.rglob("*.py"):
        if "migrations" not in str(path):
            assert len(path.read_text().splitlines()) <= 400, path


def test_every_text_has_both_languages_and_the_same_places() -> None:
    for code, texts in catalogue().items():
        assert set(texts) == set(LANGUAGES), code
        places = [set(re.findall(r"{(\w+)", texts[language])) for language in LANGUAGES]
        assert places[0] == places[1], code


REFUSING = {"NotFound", "Forbidden", "Conflict", "Stale", "Invalid", "Unready", "SignInRefused"}


def test_every_code_that_is_raised_has_words() -> None:
    known = catalogue()
    for path in BACKEND.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            place = 0 if node.func.id in REFUSING else 1 if node.func.id in {"Problem", "invalid"} else None
            if place is None or len(node.args) <= place:
                continue
            code = node.args[place]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                assert code.value in known, f"{path.name}: {code.value}"


@pytest.fixture(scope="module")
def committed() -> dict:
    return json.loads((ROOT / "openapi" / "openapi.json").read_text())


def test_the_committed_contract_is_current(committed: dict, tmp_path: Path) -> None:
    made = create_app(Settings(data=tmp_path, demo=True), dsn="postgresql://nowhere")
    assert json.loads(json.dumps(made.openapi())) == committed


def test_the_contract_is_valid_openapi(committed: dict) -> None:
    validate(committed)


def test_every_operation_says_what_it_refuses_and_shows_an_example(committed: dict) -> None:
    for path, operations in committed["paths"].items():
        for method, operation in operations.items():
            if path not in PUBLIC:
                assert {"401", "422"} <= set(operation["responses"]), f"{method} {path}"
            for content in operation.get("requestBody", {}).get("content", {}).items():
                kind, body = content
                if kind == "application/json":
                    assert has_example(body, committed), f"{method} {path}"


def has_example(body: dict, document: dict) -> bool:
    schema = body.get("schema", {})
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return bool(
        body.get("example")
        or body.get("examples")
        or schema.get("examples")
        or schema.get("example")
        or all(value.get("examples") or "default" in value for value in schema.get("properties", {}).values())
    )


def test_no_file_names_a_registry() -> None:
    registry = r'"resolved": *"http|^ *--?(extra-)?index-url|https?://[^ "]*/(simple|packages)/'
    pattern = re.compile(registry, re.MULTILINE)
    for name in (
        "requirements.txt",
        "requirements-dev.txt",
        "frontend/package-lock.json",
        "Makefile",
        "docker/Dockerfile",
    ):
        path = ROOT / name
        assert path.exists(), name
        assert not pattern.search(path.read_text()), name
