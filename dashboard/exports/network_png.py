"""
The network as a PNG for workbooks and slides, drawn without a browser.

    drawing, names, groups → bytes     lines and arrows, then circles, then names, so that nothing covers a name
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from PIL import Image, ImageDraw, ImageFont

from dashboard.charts.network import RELATION, Groups, edge_colour, group_colours
from dashboard.charts.palette import INK
from dashboard.exports.export import printable
from dashboard.exports.network_svg import HEAD, LEFT, WIDTH, Position, colour_of, positions
from dashboard.page_data.network import Drawing, edge_widths, ends

SHARP = 2
"""Pixels of the picture for one of the page, so that it is sharp on a slide and in print."""
DASH, SPACE, HEAD_LENGTH, HEAD_HALF = 5, 4, 8, 4
BELOW = 20
RGBA = re.compile(r"rgba\((\d+),(\d+),(\d+),([\d.]+)\)")


def network_png(drawing: Drawing, *, names: Mapping[str, str], groups: Groups) -> bytes:
    """The drawing with its legend, in the light theme; its text is beside it in the file."""
    at = positions(drawing)
    height = round(max((y for _, y in at.values()), default=HEAD) + BELOW)
    image = Image.new("RGB", (WIDTH * SHARP, height * SHARP), colour_of("page"))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(11 * SHARP)
    _draw_legend(pen, groups, font)
    for edge, width in zip(drawing.edges.to_dict("records"), edge_widths(drawing.edges), strict=True):
        ends_of_line = [_sharp(at[edge["a"]]), _sharp(at[edge["b"]])]
        pen.line(ends_of_line, fill=on_white(edge_colour(edge)), width=max(1, round(width * SHARP)))
    for supplier, customer in dict.fromkeys(map(ends, drawing.relations)):
        _draw_arrow(pen, at[supplier], at[customer], short=drawing.places.at[customer, "size"] / 2)
    colours = group_colours(groups)
    for key, (x, y) in at.items():
        radius = drawing.places.at[key, "size"] / 2
        _draw_circle(pen, (x, y), radius, colour_of(colours[groups[key]]))
        _write(pen, (x + radius + 3, y), names[key], font)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_legend(pen: ImageDraw.ImageDraw, groups: Groups, font: ImageFont.FreeTypeFont) -> None:
    x = float(LEFT)
    for name, colour in group_colours(groups).items():
        _draw_circle(pen, (x, BELOW), 5, colour_of(colour))
        _write(pen, (x + 9, BELOW), name, font)
        x += 34 + font.getlength(printable(name)) / SHARP


def _draw_arrow(pen: ImageDraw.ImageDraw, start: Position, end: Position, *, short: float) -> None:
    """A dashed line with a head, which ends `short` pixels before the customer's centre."""
    (x0, y0), (x1, y1) = start, end
    long = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1.0
    along, across = ((x1 - x0) / long, (y1 - y0) / long), (-(y1 - y0) / long, (x1 - x0) / long)
    point = lambda far, aside=0.0: _sharp(  # noqa: E731
        (x0 + along[0] * far + across[0] * aside, y0 + along[1] * far + across[1] * aside)
    )
    tip = max(long - short, 0.0)
    for dash_start, dash_end in _dashes(tip - HEAD_LENGTH):
        pen.line([point(dash_start), point(dash_end)], fill=RELATION, width=round(1.4 * SHARP))
    pen.polygon([point(tip), point(tip - HEAD_LENGTH, HEAD_HALF), point(tip - HEAD_LENGTH, -HEAD_HALF)], fill=RELATION)


def _dashes(length: float) -> Iterator[tuple[float, float]]:
    at = 0.0
    while at < length:
        yield at, min(at + DASH, length)
        at += DASH + SPACE


def _draw_circle(pen: ImageDraw.ImageDraw, centre: Position, radius: float, colour: str) -> None:
    x, y = centre
    pen.ellipse([_sharp((x - radius, y - radius)), _sharp((x + radius, y + radius))], fill=colour)


def _write(pen: ImageDraw.ImageDraw, left_middle: Position, text: str, font: ImageFont.FreeTypeFont) -> None:
    # With a white edge: a name may lie on a line.
    edge = {"stroke_width": SHARP, "stroke_fill": colour_of("page")}
    pen.text(_sharp(left_middle), printable(text), fill=colour_of(INK), font=font, anchor="lm", **edge)


def _sharp(position: Position) -> Position:
    return position[0] * SHARP, position[1] * SHARP


def on_white(colour: str) -> str:
    """A colour with transparency as it looks on white."""
    red, green, blue, opacity = (float(part) for part in RGBA.fullmatch(colour).groups())  # type: ignore[union-attr]
    return "#" + "".join(f"{round(255 - (255 - part) * opacity):02X}" for part in (red, green, blue))
