"""Merkle trees against their definition in RFC 6962, which is recursive, and their paths against every lie."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.audit.merkle import Tree, leaf_hash, node_hash, path_of, root_from_path, root_of

HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=70)


def defined(leaves: list[bytes]) -> bytes:
    """The tree's hash as section 2.1 of the RFC defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + defined(leaves[:split]) + defined(leaves[split:])).digest()


def test_the_hashes_of_the_standard_s_own_test_vectors() -> None:
    """The published vectors of certificate transparency: eight leaves and the roots of the first one to eight."""
    leaves = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", bytes(range(0x50, 0x58))]
    leaves.append(bytes(range(0x60, 0x70)))
    assert root_of([leaf_hash(leaf) for leaf in leaves[:1]]).hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert root_of([leaf_hash(leaf) for leaf in leaves]).hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


@given(HASHES)
def test_root_tree_and_definition_agree(leaves: list[bytes]) -> None:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    assert root_of(leaves) == tree.root() == defined(leaves)


@given(HASHES, st.data())
def test_a_tree_goes_on_from_its_edge(leaves: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(leaves)))
    first = Tree()
    for leaf in leaves[:cut]:
        first.add(leaf)
    second = Tree(first.size, first.edge())
    for leaf in leaves[cut:]:
        second.add(leaf)
    assert second.root() == defined(leaves)


def test_an_edge_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="edge"):
        Tree(3, b"\x00" * 32)


@given(HASHES.filter(bool), st.data())
def test_a_path_leads_to_the_root_from_its_own_place_alone(leaves: list[bytes], data: st.DataObject) -> None:
    leaves = list(dict.fromkeys(leaves))
    place = data.draw(st.integers(0, len(leaves) - 1))
    path, root = path_of(leaves, place), root_of(leaves)
    assert root_from_path(leaves[place], place, len(leaves), path) == root
    for other in range(len(leaves)):
        if other != place:
            assert root_from_path(leaves[place], other, len(leaves), path) != root
    assert root_from_path(leaf_hash(b"another"), place, len(leaves), path) != root
    assert root_from_path(leaves[place], place, len(leaves), [*path, b"\x00" * 32]) is None
    if path:
        assert root_from_path(leaves[place], place, len(leaves), path[:-1]) is None


def test_a_place_outside_the_tree_has_no_root() -> None:
    assert root_from_path(b"\x00" * 32, 3, 3, []) is None
    assert root_from_path(b"\x00" * 32, -1, 3, []) is None


def test_leaves_and_nodes_cannot_be_taken_for_one_another() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
    assert (
        len(
            {
                root_of(leaves)
                for leaves in pairwise([[left], [left, right], [right, left], [right]])
                for leaves in leaves
            }
        )
        == 4
    )
