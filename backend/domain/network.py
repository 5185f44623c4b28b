"""Where a caller comes from: addresses and the networks that they lie in."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network


def is_network(text: str) -> bool:
    """Whether a text is a network such as `10.1.0.0/16`, or one address."""
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def comes_from(origin: str | None, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of the networks; every address does when there are none."""
    allowed = [ip_network(each) for each in networks]
    if not allowed:
        return True
    try:
        address = ip_address(origin or "")
    except ValueError:
        return False
    return any(address in network for network in allowed)
