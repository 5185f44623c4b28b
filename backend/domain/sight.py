"""What a caller is told about one record: the rule of reach, beside the table of permissions.

Who lacks the permission of a route is refused, whatever it is asked about. Then: what is out of sight is hidden (404),
as if it did not exist; what is in sight but not the caller's to act on is refused (403). By which permission a record
is seen, and what is asked besides the route's own, depends on its kind alone and stands here; the verbs ask it
themselves, and `make matrix` compares every answer of every route with this rule.
"""

from dataclasses import dataclass, field
from typing import Literal

from backend.domain.access import Actor
from backend.domain.procedures.rectification.parts import VERIFIERS

Told = Literal["hidden", "refused", "open"]


@dataclass(frozen=True, slots=True)
class Kind:
    """`seen_by`: the permission whose reach is sight of it; None: the route's own.

    `also`: further permissions that acting on it takes, at the same place. `only`: roles that alone may, besides.
    `own`: it belongs to one person, who needs nobody's reach, and nobody else may have it. `rule` says why.
    """

    seen_by: str | None
    rule: str
    also: frozenset[str] = field(default_factory=frozenset)
    only: frozenset[str] = field(default_factory=frozenset)
    own: bool = False


KINDS: dict[str, Kind] = {
    "nothing": Kind(None, "about no record: the permission alone decides"),
    "account": Kind("account:read", "accounts of those who work there"),
    "client": Kind("client:read", "a partner's program is seen by the administrators of who answers for it"),
    "webhook": Kind("client:read", "a webhook is seen with the program that it belongs to"),
    "mapping": Kind("mapping:read", "a partner's codes are seen by who administers the place that its program reaches"),
    "event": Kind("audit:read", "the log is the auditors', within their reach"),
    "grant": Kind("account:read", "a role is seen with whoever holds it"),
    "unpublished": Kind(None, "a decision that was not published is hidden from the public, and no role is asked"),
    "organization": Kind("organization:read", "the tree is seen by who reads organisations; a new record's place too"),
    "member": Kind("member:read", "rosters"),
    "member_correction": Kind("member:read", "what a member calls wrong is seen with the member"),
    "decision": Kind("decision:read", "decisions are open to a place's members too, who hold decision:read"),
    "rectification": Kind("rectification:read", "the ledger of problems"),
    "relook": Kind("rectification:read", "who looks again is of the office of supervision", only=frozenset(VERIFIERS)),
    "card": Kind("feedback:read", "at the desk or the handling unit; never for whom or whose superiors it is about"),
    "card_problem": Kind("feedback:read", "to make a problem of a card takes handling it", frozenset({"feedback:act"})),
    "sealed_report": Kind("feedback:seal", "for discipline officers above whoever it is about; hidden from all others"),
    "batch": Kind("poster:write", "who prints batches sees them"),
    "attachment": Kind("attachment:read", "a file is seen where it was uploaded for"),
    "import": Kind(None, "an import is its uploader's, and of who may do the same with it there"),
    "import_of_members": Kind(
        "organization:read", "to bring members in takes writing them", frozenset({"member:write"})
    ),
    "import_result": Kind(None, "the uploaded workbook holds clear numbers: for its uploader alone", own=True),
    "clear_export": Kind("organization:read", "numbers in clear leave with an export", frozenset({"ledger:export"})),
    "figure": Kind("figure:read", "a figure of problems tells them", frozenset({"rectification:read"})),
    "notice": Kind("rectification:read", "one's own, and only while its matter is in sight"),
}
"""The matter of a notice may be of any kind; the one named here is the matrix's."""


def told(actor: Actor, needs: str | None, kind: str, path: str) -> Told:
    """What a route that needs `needs` tells `actor` about a record of `kind` at `path`; None: anybody may ask it."""
    rule = KINDS[kind]
    if not all(actor.reach(permission) for permission in ({needs} if needs else set()) | rule.also):
        return "refused"
    if kind == "nothing":
        return "open"
    if kind == "unpublished" or needs is None:
        return "hidden"
    # A route that reads something of a record, such as its events, shows it only as far as that may be read.
    seen_by = {rule.seen_by or needs, *([needs] if needs.endswith(":read") else [])}
    if not all(actor.may(permission, path) for permission in seen_by):
        return "hidden"
    if rule.own or not all(actor.may(permission, path) for permission in {needs, *rule.also}):
        return "refused"
    return "refused" if rule.only and not actor.roles_at(path) & rule.only else "open"
