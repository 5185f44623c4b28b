"""Bars, drawn by hand: what a report needs of a plotting library is forty lines."""

from collections.abc import Mapping
from html import escape

_WIDTH, _LEFT, _ROW, _TOP, _RIGHT = 720, 270, 30, 44, 80
_STYLE = "font: 13px system-ui, sans-serif; fill: currentColor"


def bars(title: str, values: Mapping[str, float], *, emphasis: str = "") -> str:
    """Horizontal bars, the longest first, each with its figure; `emphasis` is drawn darker."""
    ordered = sorted(values.items(), key=lambda item: -item[1])
    most, height = max(values.values()), _TOP + _ROW * len(values) + 10
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" style="{_STYLE}">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="10" y="24" style="font-weight: 600" fill="#222">{escape(title)}</text>',
    ]
    for place, (name, value) in enumerate(ordered):
        y, length = _TOP + _ROW * place, (_WIDTH - _LEFT - _RIGHT) * value / most
        drawn += [
            f'<text x="{_LEFT - 10}" y="{y + 15}" text-anchor="end" fill="#222">{escape(name)}</text>',
            f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="20" fill="{_colour(name, emphasis)}"/>',
            f'<text x="{_LEFT + length + 6:.1f}" y="{y + 15}" fill="#222">{_figure(value)}</text>',
        ]
    return "\n".join([*drawn, "</svg>", ""])


def _colour(name: str, emphasis: str) -> str:
    return "#b3261e" if name == emphasis else "#9aa5b1"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"
