"""What a job costs a person: every tap that reaches the page, and every field that is typed or chosen into."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page

LISTEN = """() => {
  const told = (kind, what) => window.touched(kind, what);
  addEventListener("pointerdown", () => told("tap", ""), true);
  addEventListener("input", (event) => {
    const field = event.target;
    if (["checkbox", "radio", "file"].includes(field.type)) return;
    told("field", field.dataset.testid || field.name || field.id);
  }, true);
}"""


@dataclass
class Effort:
    """Taps, among them those on a choice or a button, and the fields that were filled."""

    taps: int = 0
    fields: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.taps} taps, {len(self.fields)} fields"

    @property
    def figures(self) -> tuple[int, int]:
        return self.taps, len(self.fields)

    def over(self, taps: int, fields: int) -> bool:
        return self.taps > taps or len(self.fields) > fields


class Meter:
    """Counts on one page, on whatever address it stands; made before the page is first opened."""

    def __init__(self, page: Page) -> None:
        self.page, self.effort = page, Effort()
        page.expose_function("touched", self._touched)
        page.add_init_script(f"({LISTEN})()")

    def _touched(self, kind: str, what: str) -> None:
        if kind == "tap":
            self.effort.taps += 1
        elif kind == "field":
            self.effort.fields.add(what)

    @contextmanager
    def job(self) -> Iterator[Effort]:
        """The effort of what is done inside."""
        self._hear_out()
        self.effort = made = Effort()
        yield made
        self._hear_out()
        self.effort = Effort()

    def _hear_out(self) -> None:
        # What the page tells arrives in order: after an answer of its own nothing of before is on its way.
        self.page.evaluate("() => window.touched('heard', '')")
