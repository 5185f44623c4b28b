"""What a change of the subject's text undoes."""

from backend.domain.procedure.definition import Procedure
from backend.domain.procedure.trail import Position


def stale_steps(procedure: Procedure, here: Position, content_sha256: str | None, *, material: bool) -> list[str]:
    """Steps that saw another text than the one there is now and so count no longer, in order.

    A step bound to the text in any case is stale when it was done on another text. A step bound to material changes is
    stale only after a material one; then the open step too, if it was opened on another text, because what people
    were asked about has changed under their hands. Once a vote is taken nothing is stale: what was decided is not
    undone by asking again.
    """
    pairs = list(zip(procedure.steps, here.steps, strict=True))
    if any(step.outlet and state.state == "done" for step, state in pairs):
        return []
    stale = []
    for step, state in pairs:
        if step.content == "none":
            continue
        if state.state == "done" and state.content_sha256 != content_sha256:
            counts = material or step.content == "any"
        else:
            counts = material and state.state == "open" and state.opened_content != content_sha256
        if counts:
            stale.append(step.key)
    return stale


def step_to_repeat(procedure: Procedure, here: Position, content_sha256: str | None, *, material: bool) -> str | None:
    """Where a run must return to after its text became `content_sha256`; None when nothing done is touched."""
    return next(iter(stale_steps(procedure, here, content_sha256, material=material)), None)
