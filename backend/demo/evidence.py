"""Small files that stand for signed papers: real PDF, PNG and text, the same bytes at every loading."""

import random
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Every PDF reader has a Chinese typeface for this name (PDF reference, appendix on predefined CMaps), so that a page
# takes two kilobytes and not the megabytes of an embedded one.
_FONT = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [<< /Type /Font "
    "/Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 "
    ">> /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] "
    "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>] >>"
)
_PER_LINE, _PER_PAGE = 34, 38


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """A PDF with the title above the lines, wrapped and on as many pages as they take."""
    wrapped = [line[at : at + _PER_LINE] for line in lines for at in range(0, max(len(line), 1), _PER_LINE)]
    pages = [wrapped[at : at + _PER_PAGE] for at in range(0, max(len(wrapped), 1), _PER_PAGE)]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        _FONT.encode(),
    ]
    for number, page in enumerate(pages):
        content = _page(title if number == 0 else "", page)
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R >>".encode()
        )
        bodies.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
    return _assembled(bodies)


def _page(title: str, lines: Sequence[str]) -> bytes:
    drawn = [f"BT /F 18 Tf 72 778 Td <{_utf16(title[:26])}> Tj ET"] if title else []
    drawn.append("BT /F 13 Tf 72 742 Td 17 TL")
    drawn += [f"<{_utf16(line)}> Tj T*" for line in lines]
    return "\n".join([*drawn, "ET"]).encode()


def _utf16(text: str) -> str:
    return text.encode("utf-16-be").hex()


def _assembled(bodies: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n%\xe4\xb8\xad\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start))


def png(title: str, lines: Sequence[str]) -> bytes:
    """A picture of a ruled sheet with a stroke of ink for each line, as a scan of signatures would show."""
    width, height = 480, 640
    rng = random.Random("".join((title, *lines)))  # noqa: S311 - a drawing
    rows = [bytearray(b"\xf7" * width) for _ in range(height)]
    for y in range(60, height - 20, 44):
        rows[y][30 : width - 30] = b"\xb4" * (width - 60)
    for count, y in zip(range(min(len(lines), 12)), range(92, height - 30, 44), strict=False):
        x, level = 60 + 3 * (count % 4), y
        for _ in range(rng.randint(90, 210)):
            level = min(max(level + rng.choice((-1, -1, 0, 1, 1)), y - 14), y + 8)
            rows[level][x : x + 3] = rows[level + 1][x : x + 3] = b"\x28\x28\x30"
            x += 1
    raw = b"".join(b"\x00" + bytes(row) for row in rows)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 6)) + chunk(b"IEND", b"")


def note(title: str, lines: Sequence[str]) -> bytes:
    """Plain text."""
    return "\n".join((title, "", *lines, "")).encode()


MAKERS = {"pdf": pdf, "png": png, "txt": note}


def lines_of(schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    """A record in words, as its form is titled: `地点：榆桥镇政府一楼会议室`."""
    for key, part in schema.get("properties", {}).items():
        if key in value:
            yield from _titled(part, value[key])


def _titled(schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    title = schema.get("title", "")
    if isinstance(value, Mapping):
        yield f"{title}："
        yield from lines_of(schema, value)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, item in enumerate(value, 1):
            parts = schema["items"]["properties"]
            told = (f"{parts[k]['title']} {_word(parts[k], v)}" for k, v in item.items() if k in parts)
            yield f"{title} {number}：" + "，".join(told)
    elif isinstance(value, list):
        yield f"{title}：" + "、".join(_word(schema["items"], item) for item in value)
    else:
        yield f"{title}：{_word(schema, value)}"


def _word(schema: Mapping[str, Any], value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    labels = schema.get("x-labels", {})
    return str(labels[value]["zh-CN"] if value in labels else value)
