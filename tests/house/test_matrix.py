"""The matrix of reach knows every operation, and its page says what the code says."""

from backend.domain.access import PERMISSIONS
from backend.domain.sight import KINDS
from tests.matrix.lines import LINES
from tests.matrix.table import PAGE, operations, page
from tests.matrix.world import MAKERS


def test_every_operation_has_its_line_in_the_matrix() -> None:
    asked = {operation.id for operation in operations()}
    assert asked - set(LINES) == set(), "tests/matrix/lines.py needs a line for each: what is it asked about?"
    assert set(LINES) - asked == set(), "lines of operations that are gone"


def test_every_line_names_a_kind_and_a_maker_that_there_are() -> None:
    for name, line in LINES.items():
        assert line.kind in KINDS, name
        # Without a record there is nothing to make; every operation with one in its path needs a maker.
        assert line.maker in MAKERS or line.kind == "nothing", name
    used = {kind.seen_by for kind in KINDS.values() if kind.seen_by} | {one for k in KINDS.values() for one in k.also}
    assert used <= PERMISSIONS


def test_the_page_of_the_matrix_is_current() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.matrix.table`, or `make matrix`, which asks everything too"
