"""Where a webhook may lead: never into the house's own network unless an operator says so (SSRF).

Two judgements: of the address as it is written, when somebody sets it, and of every IP address that its name has, each
time before something is sent. What is connected to is the IP address that was judged (`backend/webhooks/carrying.py`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from backend.domain.errors import Problem

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST = 500
"""Characters that an address has at the most."""

REFUSED: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            # IPv4 (RFC 6890): this network, private, carrier's NAT, loopback, link-local with the clouds' metadata,
            # protocol assignments, documentation, 6to4 relays, benchmarks, multicast, reserved, broadcast.
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
            *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            # A platform's metadata service that lies among public addresses.
            "168.63.129.16/32",
            # IPv6 outside of global unicast: loopback, IPv4-compatible and -mapped, NAT64, unique and link-local and
            # multicast are among these. Within it: protocol assignments with Teredo, documentation, 6to4.
            *("::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
        ),
    )
)

_HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?\Z")
"""A name of ASCII letters (RFC 1123) whose last part begins with a letter: `127.1` and `0x7f000001` are no names."""

_LOW_PORTS = frozenset({80, 443})
_OTHER_SERVICES = frozenset(
    {1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5433, 5672, 5900, 5984, 6000, 6379, 6432, 6667, 9042}
    | {9092, 9200, 9300, 10250, 11211, 27017, 50000}
)
"""Ports of databases, queues and remote desks: none of them is where somebody listens for webhooks."""


@dataclass(frozen=True, slots=True)
class TargetRules:
    """What an operator allows. `networks`: also these, though they are the house's own; `http`: also without TLS."""

    networks: tuple[Network, ...] = field(default=())
    http: bool = False

    @classmethod
    def of(cls, networks: Iterable[str], *, http: bool) -> "TargetRules":
        return cls(tuple(ip_network(each) for each in networks), http)


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart: `host` is a name in lower case, or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def address(self) -> Address | None:
        """The IP address, where the host is one."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """What the request's `Host` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def is_permitted(address: Address, rules: TargetRules) -> bool:
    """Whether something may be sent to an IP address."""
    if any(address in network for network in rules.networks if network.version == address.version):
        return True
    return address.is_global and not any(
        address in network for network in REFUSED if network.version == address.version
    )


def read_target(url: str, rules: TargetRules) -> Target | str:
    """An address taken apart, or the code of what is wrong with it. Names are not looked up."""
    if not 0 < len(url) <= LONGEST or not url.isascii() or any(c <= " " or c in "\\\x7f" for c in url):
        return "webhook_url_malformed"
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return "webhook_url_malformed"
    if parts.scheme not in ("https", "http") or not host or "%" in parts.netloc or parts.fragment or "#" in url:
        return "webhook_url_malformed"
    if parts.scheme == "http" and not rules.http:
        return "webhook_url_without_tls"
    if "@" in parts.netloc:
        return "webhook_url_with_user"
    if "?" in url:
        # A key in an address is kept by every log on the way; what comes from here is known by its signature.
        return "webhook_url_with_query"
    port = (443 if parts.scheme == "https" else 80) if port is None else port
    if port in _OTHER_SERVICES or (port < 1024 and port not in _LOW_PORTS):
        return "webhook_url_port"
    target = Target(parts.scheme, host, port, parts.path or "/")
    if target.address is None and not _HOST.match(host):
        return "webhook_url_malformed"
    if target.address is not None and not is_permitted(target.address, rules):
        return "webhook_url_refused"
    return target


def target_problems(url: str, rules: TargetRules, pointer: str = "/url") -> list[Problem]:
    """What is wrong with an address that somebody sets."""
    found = read_target(url, rules)
    return [Problem(pointer, found)] if isinstance(found, str) else []


def permitted_of(addresses: Iterable[str], rules: TargetRules) -> Address | None:
    """The first of the IP addresses of a name that something may be sent to; None when there is none."""
    for each in addresses:
        try:
            # A zone (`fe80::1%eth0`) names an interface of this machine.
            address = ip_address(each)
        except ValueError:
            continue
        if not (isinstance(address, IPv6Address) and address.scope_id) and is_permitted(address, rules):
            return address
    return None
