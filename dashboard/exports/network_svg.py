"""
The network as an SVG with its text: the page draws it on a canvas, which a browser cannot save as SVG.

    drawing, names, groups, words → bytes      lines and arrows, then circles, then names, so that nothing covers a name
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from dashboard.charts.network import RELATION, Groups, edge_colour, group_colours
from dashboard.charts.palette import INK, theme_colours
from dashboard.exports.export import printable
from dashboard.formatting import ChartWords, escape
from dashboard.page_data.network import Drawing, edge_widths, ends

WIDTH, LEFT, RIGHT, HEAD, BELOW = 1_000, 30, 150, 84, 34
LINE, LETTERS = 15, 165
"""The height of a line of text at the foot, and how many letters fit into it."""
ARROWHEAD = (
    '<marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    f'<path d="M0 0 8 4 0 8z" fill="{RELATION}"/></marker>'
)

Position = tuple[float, float]


def network_svg(drawing: Drawing, words: ChartWords, *, names: Mapping[str, str], groups: Groups) -> bytes:
    """The drawing in the light theme; the full link is in `metadata`, where `provenance.py` finds it."""
    at = positions(drawing)
    foot = HEAD + 2 * _scale(drawing) + BELOW
    lines = [line for text in words.picture_lines[1:] for line in textwrap.wrap(printable(text), LETTERS)]
    height = round(foot + LINE * len(lines))
    body = [
        *_legend(groups), *_edges(drawing, at), *_arrows(drawing, at), *_circles(drawing, at, groups),
        *_names(at, names, drawing),
        *(_text(8, foot + LINE * number, line, size=10.5) for number, line in enumerate(lines)),
    ]  # fmt: skip
    origin = f'<metadata id="chokepoint">{escape(words.link)}</metadata>' if words.link else ""
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    description = escape(printable("\n".join(words.lines)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" fill="{colour_of(INK)}">'
        f"<title>{escape(printable(words.title))}</title><desc>{description}</desc>{origin}<defs>{ARROWHEAD}</defs>"
        f'<rect width="100%" height="100%" fill="{colour_of("page")}"/>{_text(8, 24, printable(words.title), size=16)}'
        f"{''.join(body)}</svg>"
    ).encode()


def positions(drawing: Drawing) -> dict[str, Position]:
    """Where each subject's circle is, in pixels."""
    scale = _scale(drawing)
    return {
        str(row.Index): (LEFT + (row.x + drawing.aspect) * scale, HEAD + (row.y + 1) * scale)
        for row in drawing.places.itertuples()
    }


def _scale(drawing: Drawing) -> float:
    return (WIDTH - LEFT - RIGHT) / (2 * drawing.aspect)


def _legend(groups: Groups) -> Iterator[str]:
    x = 14.0
    for name, colour in group_colours(groups).items():
        yield f'<circle cx="{x:.0f}" cy="46" r="5" fill="{colour_of(colour)}"/>'
        yield _text(x + 9, 50, name, size=11)
        x += 34 + 6.2 * len(name)


def _edges(drawing: Drawing, at: Mapping[str, Position]) -> Iterator[str]:
    for edge, width in zip(drawing.edges.to_dict("records"), edge_widths(drawing.edges), strict=True):
        yield f'<path d="{_line(at[edge["a"]], at[edge["b"]])}" stroke="{edge_colour(edge)}" stroke-width="{width}"/>'


def _arrows(drawing: Drawing, at: Mapping[str, Position]) -> Iterator[str]:
    for supplier, customer in dict.fromkeys(map(ends, drawing.relations)):
        path = _line(at[supplier], at[customer], short=drawing.places.at[customer, "size"] / 2)
        yield f'<path d="{path}" stroke="{RELATION}" stroke-width="1.4" stroke-dasharray="5 4" marker-end="url(#to)"/>'


def _line(start: Position, end: Position, *, short: float = 0.0) -> str:
    """A line between two positions, without its last `short` pixels."""
    (x0, y0), (x1, y1) = start, end
    long = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1.0
    part = max(1 - short / long, 0.0)
    return f"M{x0:.1f} {y0:.1f}L{x0 + (x1 - x0) * part:.1f} {y0 + (y1 - y0) * part:.1f}"


def _circles(drawing: Drawing, at: Mapping[str, Position], groups: Groups) -> Iterator[str]:
    colours = group_colours(groups)
    for key, size in drawing.places["size"].items():
        x, y = at[str(key)]
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size / 2:.1f}" fill="{colour_of(colours[groups[str(key)]])}"/>'


def _names(at: Mapping[str, Position], names: Mapping[str, str], drawing: Drawing) -> Iterator[str]:
    for key, (x, y) in at.items():
        yield _text(x + drawing.places.at[key, "size"] / 2 + 3, y + 4, names[key], size=11)


def _text(x: float, y: float, text: str, *, size: float) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}">{escape(printable(text))}</text>'


def colour_of(name: str) -> str:
    """A colour of the light theme by its stand-in."""
    return theme_colours("light").get(name, name)
