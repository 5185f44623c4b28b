"""Fields of Word and formulas of Excel: whether what they say starts, includes or fetches something."""

import re
import unicodedata

_FETCHES = re.compile(
    r"(DDEAUTO|DDE|INCLUDETEXT|INCLUDE|IMPORT|LINK|EMBED|DATABASE|RD|CONTROL|HTMLCONTROL|OCX|PRINT)(?![A-Z])",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"INCLUDEPICTURE(?![A-Z])", re.IGNORECASE)
# Pasting from a messenger leaves the path of a picture on that machine behind: that is read from nowhere else.
_OWN_PICTURE = re.compile(r'INCLUDEPICTURE[\s"]+(file:///)?([a-z]:|[^\\/:"\s]+\.[a-z]{3,4})', re.IGNORECASE)
_BEFORE = ' \t\r\n"\u00a0\u200b\ufeff\x13'

_CALLS = re.compile(
    r"(?<![A-Z0-9])(WEBSERVICE|IMAGE|RTD|CALL|REGISTER(\.ID)?|EXEC|DDE|SQL\.REQUEST)\s*\(", re.IGNORECASE
)
_LINK = re.compile(r"(?<![A-Z0-9])HYPERLINK\s*\(", re.IGNORECASE)
# A link that is written out whole is what any paper may have, and one to a place in the same paper leads nowhere; one
# that is put together may take along what stands in the cells.
_PLAIN_LINK = re.compile(
    r"""(?<![A-Z0-9])HYPERLINK\s*\(\s*("\#[^"]*"|"(https?://|mailto:)[^"]*"\s*[,;)])""", re.IGNORECASE
)
# A number alone names neither a program nor an address: `- image (2).jpg` is a line of a list.
_NUMBERED = re.compile(r"\(\s*[0-9]{1,6}\s*\)")
_SIGNS, _BETWEEN, _ABOUT = ("=", "+", "-", "@"), re.compile(r"[,;\t]"), " \"'\u200b\ufeff"
# Without a bracket and without a bar, in either width, nothing is called.
_TELLING = re.compile(r"[|(\uff5c\uff08]")
# `+cmd|`; and with what is asked for, `cmd|' /C calc'!A0`.
_DDE, _DDE_WHOLE = re.compile(r"[=+\-@]++[^\s|][^|]*\|"), re.compile(r"\|[^|!]*!\s*['A-Z_$]", re.IGNORECASE)


def field_reaches_out(instruction: str) -> bool:
    """Whether the whole instruction of a field, joined from its runs, runs or fetches what is not in the paper."""
    plain = instruction.lstrip(_BEFORE)
    if _PICTURE.match(plain):
        return not _OWN_PICTURE.match(plain)
    return _FETCHES.match(plain) is not None


def formula_reaches_out(formula: str) -> bool:
    """Whether a formula asks another program or another machine.

    The calls are looked for in texts, too: where a text begins is what a formula lies about.
    """
    if _CALLS.search(formula) or ("|" in formula and _has_bar_outside(formula)):
        return True
    return _links_out(formula)


def _links_out(formula: str) -> bool:
    """Whether a link is put together, so that the address that is asked may tell what stands in the cells."""
    return any(not _PLAIN_LINK.match(formula, found.start()) for found in _LINK.finditer(formula))


def sheet_reaches_out(text: str) -> bool:
    """Whether a text, opened as a table, holds a cell that a spreadsheet reads as a formula which reaches out.

    A formula begins with `=`, `+`, `-` or `@`, in either width; so do sentences, lists and numbers, so it takes a call,
    a link or DDE besides.  Whatever parts cells anywhere parts them here, quoted or not: in which program, and with
    which marks, the text will be opened is not known, so that no link is known to be written out whole either.
    """
    return any(_line_reaches_out(line) for line in text.splitlines() if _TELLING.search(line))


def _line_reaches_out(line: str) -> bool:
    cells = [cell.lstrip(_ABOUT) for cell in _BETWEEN.split(unicodedata.normalize("NFKC", line))]
    formulas = [cell for cell in cells if cell.startswith(_SIGNS)]
    if not formulas:
        return False
    # A formula goes on behind what parts its arguments.
    whole = ",".join(cells)
    if _LINK.search(whole) or _DDE_WHOLE.search(whole) or _calls(whole):
        return True
    # In a list that somebody typed, a bar after "- " is a mark of their own.
    return any(_DDE.match(cell) or (cell[0] == "=" and "|" in cell and _has_bar_outside(cell)) for cell in formulas)


def _calls(whole: str) -> bool:
    return any(not _NUMBERED.match(whole, found.end() - 1) for found in _CALLS.finditer(whole))


def _has_bar_outside(formula: str) -> bool:
    """Whether a bar stands outside of a text, where it is DDE and nothing else: `cmd|' /C calc'!A0`.

    A quotation mark begins no text in the name of a sheet (`'a"b'!A1`) or of a column (`T[a"b]`, where an apostrophe
    takes the next character as it is).  What does not end has no meaning, and is not trusted.
    """
    inside, depth, is_taken = "", 0, False
    for one in formula:
        if inside == '"':
            inside = "" if one == '"' else inside
        elif one == "|":
            return True
        elif inside == "'":
            inside = "" if one == "'" else inside
        elif is_taken:
            is_taken = False
        elif depth:
            is_taken = one == "'"
            depth += (one == "[") - (one == "]")
        elif one in "\"'":
            inside = one
        elif one == "[":
            depth = 1
    return bool(inside or depth)


class Fields:
    """The fields of one part of a Word paper, whose instructions may be split over any number of runs."""

    __slots__ = ("_open", "found")

    def __init__(self) -> None:
        # The lowest one holds what stands in no field at all.
        self._open: list[list[str] | None] = [[]]
        self.found = False

    def begin(self) -> None:
        code = self._open[-1]
        # A field in place of another one's name: nobody can tell which one it becomes.
        if len(self._open) > 1 and code is not None and not "".join(code).strip(_BEFORE):
            self.found = True
        self._open.append([])

    def add(self, text: str) -> None:
        code = self._open[-1]
        if code is not None:
            code.append(text)

    def separate(self) -> None:
        self._judge()
        if len(self._open) > 1:
            self._open[-1] = None

    def end(self) -> None:
        self._judge()
        if len(self._open) > 1:
            self._open.pop()

    def close(self) -> None:
        while len(self._open) > 1:
            self.end()
        self._judge()

    def is_within_code(self) -> bool:
        return len(self._open) > 1 and self._open[-1] is not None

    def _judge(self) -> None:
        code = self._open[-1]
        if code is not None and field_reaches_out("".join(code)):
            self.found = True
