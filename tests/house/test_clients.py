"""What the client packages take from the contract is what the contract says."""

from scripts.clients import CALLS, made
from tests.house.test_examples import contract


def test_the_client_packages_are_made_of_the_contract() -> None:
    files = made()
    assert {path: path.read_text() for path in files} == files
    assert {path for path in files if path.parent == CALLS} == set(CALLS.glob("*.py"))


def test_every_operation_has_a_call_but_the_stream() -> None:
    text = "".join(path.read_text() for path in CALLS.glob("*.py"))
    operations = [operation["operationId"] for path in contract()["paths"].values() for operation in path.values()]
    assert [one for one in operations if f'operation="{one}"' not in text] == ["change_stream"]
