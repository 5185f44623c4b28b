"""What every caller should be told by every operation, from the permissions alone, and the page that shows it."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from backend.app import create_app
from backend.domain.access import ROLE_PERMISSIONS, Actor, Grant
from backend.domain.sight import KINDS, Told, told
from backend.settings import Settings
from tests.house.test_house import PUBLIC, SIGNED_IN, all_routes, permissions_of
from tests.matrix.lines import LINES, Line
from tests.matrix.world import PATHS, PLACES, READER, is_everywhere

PAGE = Path(__file__).parents[2] / "docs" / "matrix.md"
STRANGERS = ("anonymous", "expired", "suspended")
_SIGNS: dict[Told, str] = {"open": "●", "refused": "–", "hidden": "○"}


@dataclass(frozen=True, slots=True)
class Operation:
    """`needs`: the permission of the route; None for what is public, or for everybody signed in about themselves."""

    id: str
    method: str
    path: str
    needs: str | None
    public: bool
    versioned: bool

    @property
    def line(self) -> Line:
        return LINES[self.id]

    @property
    def places(self) -> tuple[str, ...]:
        return PLACES if self.line.kind != "nothing" else PLACES[:1]


def operations() -> list[Operation]:
    """The operations of the contract, in the demonstration's form, which has all of them."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data=Path(folder), demo=True), dsn="postgresql://nowhere")
    paths = app.openapi()["paths"]
    found = []
    for route in all_routes(app):
        if not route.include_in_schema:
            continue
        (method,) = route.methods - {"HEAD"}
        needs = sorted(permissions_of(route))
        assert len(needs) <= 1, f"{route.path} needs {needs}: the matrix knows one permission for a route"
        stated = paths[route.path][method.lower()]
        assert needs or route.path in PUBLIC | SIGNED_IN, route.path
        found.append(
            Operation(
                stated["operationId"],
                method,
                route.path,
                needs[0] if needs else None,
                # The same path may be public for one method and for staff with another.
                not needs and route.path not in SIGNED_IN,
                any(one.get("name") == "if-match" for one in stated.get("parameters", [])),
            )
        )
    return found


def caller(role: str, *, reads_above: bool) -> Actor:
    """Somebody with a role at the township of the matrix, and when asked a reader's role at its county."""
    seat = Grant(role, None, "") if is_everywhere(role) else Grant(role, UUID(int=1), PATHS["own"])
    above = (Grant(READER, UUID(int=2), PATHS["above"]),) if reads_above else ()
    return Actor(UUID(int=9), role, seat.organization_id, (seat, *above), role, seat.path)


def expected(operation: Operation, role: str, *, reads_above: bool, place: str) -> Told:
    line = operation.line
    if operation.needs is None and line.kind == "nothing":
        return "open"
    return told(caller(role, reads_above=reads_above), operation.needs, line.kind, PATHS[place])


@dataclass(frozen=True, slots=True)
class Cell:
    """One question of the matrix: an operation, a caller and a place, and what should be told."""

    operation: Operation
    who: str
    reads_above: bool
    place: str
    told: Told | None
    """None: not signed in."""

    @property
    def name(self) -> str:
        above = "+reader" if self.reads_above else ""
        return f"{self.operation.id} by {self.who}{above} at {self.place}"

    def is_in(self, percent: int) -> bool:
        """Whether the cell is in a sample of so many hundredths: always the same ones, spread over everything."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4]) % 100 < percent


def cells() -> Iterator[Cell]:
    for operation in operations():
        for place in operation.places:
            for role in ROLE_PERMISSIONS:
                for reads_above in (False, True):
                    asked = expected(operation, role, reads_above=reads_above, place=place)
                    yield Cell(operation, role, reads_above, place, asked)
            for stranger in STRANGERS:
                public = "hidden" if operation.line.kind == "unpublished" else "open"
                yield Cell(operation, stranger, False, place, public if operation.public else None)


def page() -> str:
    """The matrix as a page of the documentation."""
    roles = list(ROLE_PERMISSIONS)
    found = list(operations())
    lines = [
        "# Who is told what",
        "",
        "Made by `make matrix` from the permissions (`backend/domain/access.py`), the rule of reach"
        " (`backend/domain/sight.py`) and the contract. The same command asks the application every question behind it,"
        " over HTTP and on PostgreSQL, and says where an answer differs; `make test` asks a sample.",
        "",
        "A role is held at a township. The five signs of a cell are about a record **at that township, below it, at a"
        " neighbouring township, at the county above, and in another county**; where an operation is about no record,"
        " there is one sign.",
        "",
        "| sign | answer |",
        "| --- | --- |",
        "| ● | let in: done, or refused only for what the record's state or the request's content forbids |",
        "| – | 403: in sight or not, this is not for this role |",
        "| ○ | 404, the same answer as for a record that does not exist |",
        "| bold | somebody who besides reads at the county (`inspector`) is told something else: the second group |",
        "",
        "Anonymous callers, expired tokens and suspended accounts are answered 401, but by the public operations.",
        "",
    ]
    tags: dict[str, list[Operation]] = {}
    for operation in found:
        tags.setdefault(operation.id.partition("_")[0], []).append(operation)
    for tag, members in tags.items():
        lines += [f"## {tag}", "", f"| operation | {' | '.join(role.replace('_', ' ') for role in roles)} |"]
        lines.append("| --- |" + " --- |" * len(roles))
        for operation in members:
            if operation.needs is None:
                who = "anybody" if operation.public else "whoever is signed in"
                sign = _SIGNS["hidden"] if operation.line.kind == "unpublished" else _SIGNS["open"]
                lines.append(f"| `{operation.method} {_short(operation.path)}` ({who}) |" + f" {sign} |" * len(roles))
                continue
            row = [f"`{operation.method} {_short(operation.path)}`"]
            for role in roles:
                plain, above = (
                    "".join(_SIGNS[expected(operation, role, reads_above=above, place=p)] for p in operation.places)
                    for above in (False, True)
                )
                row.append(plain if plain == above else f"{plain} **{above}**")
            lines.append(f"| {' | '.join(row)} |")
        lines.append("")
    lines += [
        "## By which permission a record is seen",
        "",
        "| kind | seen by | besides | why |",
        "| --- | --- | --- | --- |",
    ]
    for name, kind in KINDS.items():
        besides = ", ".join([*sorted(kind.also), *sorted(kind.only), *(["its owner"] if kind.own else [])])
        lines.append(f"| {name} | {kind.seen_by or ''} | {besides} | {kind.rule} |")
    return "\n".join(lines) + "\n"


def _short(path: str) -> str:
    return path.removeprefix("/api/v1")


if __name__ == "__main__":
    PAGE.write_text(page())
