"""Ids that the demonstration county and the examples of the API agree on without asking one another."""

from uuid import UUID, uuid5

_NAMESPACE = UUID("6f1a5c0e-3d0b-5f7a-9a53-0d7a5a3b8c11")


def demo_id(kind: str, name: str) -> UUID:
    """The id of the demonstration's record of this kind and name, such as `organization` and `榆桥镇党委`."""
    return uuid5(_NAMESPACE, f"{kind}:{name}")
