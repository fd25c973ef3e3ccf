"""
A chart as one slide with native charts that can be edited, its text around them, and all of it in the notes.

    text above → charts, a table of colours or a picture → method and link below

Each chart keeps its numbers in a workbook of ours: the library writes names unescaped, and a name may begin like a
formula.
"""

from __future__ import annotations

import io
import math
from typing import Any

from pptx import Presentation
from pptx.util import Emu, Inches, Pt

from dashboard.exports.chart_data import ChartData
from dashboard.exports.export import printable
from dashboard.exports.slide_charts import Box, add_dots, add_heat, add_lines, add_named_bars, add_parts, add_points
from dashboard.formatting import ChartWords

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, INNER = Inches(0.5), Inches(12.333)
TOP, BOTTOM, GAP = Inches(0.25), Inches(7.4), Inches(0.06)
BLANK = 6  # the layout without placeholders
LETTER, BOLD_LETTER, LEADING = 0.56, 0.66, 1.22
"""The width of a letter and the height of a line, in sizes of the font: those of wide fonts."""
LONGEST_PROPERTY, LONGEST_NAME = 255, 250
LINES_PART = 0.45
"""The part of the height that prices take above bars, whose legend is longer."""


def pptx_bytes(chart: ChartData, words: ChartWords) -> bytes:
    """One slide, 16:9."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
    top = _text(slide, words.title, top=TOP, size=_title_size(words.title), bold=True)
    top = _text(slide, words.caption, top=top, size=12)
    foot = " · ".join(part for part in (f"Method: {words.method}", f"revision {words.revision}", words.notice) if part)
    bottom = BOTTOM
    if words.link:
        # Short on the slide; in full behind it and in the notes.
        bottom -= _height("Open", 10)
        _text(slide, "Open this view in Chokepoint", top=bottom, size=10, link=words.link)
    bottom -= _height(foot, 10)
    _text(slide, foot, top=bottom, size=10)
    _draw(slide, chart, Box(LEFT, top + GAP, INNER, bottom - top - 2 * GAP), alt=f"{words.title}; {words.caption}")
    slide.notes_slide.notes_text_frame.text = printable("\n".join(words.lines))
    _set_properties(deck, words)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _draw(slide: Any, chart: ChartData, box: Box, *, alt: str) -> None:
    """What the chart shows, within the box."""
    if chart.picture:
        _add_picture(slide, chart.picture, box, alt)
    elif len(chart.points):
        add_points(slide, chart, box)
    elif len(chart.dots):
        add_dots(slide, chart, box)
    elif len(chart.heat):
        add_heat(slide, chart.heat, box)
    elif len(chart.bars):
        add_named_bars(slide, chart, box)
    upper = int(box.height * (LINES_PART if chart.has_parts else 1)) if chart.has_lines else 0
    if chart.has_lines:
        add_lines(slide, chart, Box(box.left, box.top, box.width, upper))
    if chart.has_parts:
        add_parts(slide, chart, Box(box.left, box.top + upper, box.width, box.height - upper))


def _set_properties(deck: Any, words: ChartWords) -> None:
    core = deck.core_properties
    core.title, core.subject = printable(words.title, LONGEST_NAME), printable(words.caption, LONGEST_NAME)
    core.author, core.keywords = "Chokepoint", f"revision {words.revision}"
    # Half a link would be a wrong one; the notes have all of it.
    core.comments = words.link if len(words.link) <= LONGEST_PROPERTY else ""


def _title_size(title: str) -> int:
    return 24 if _lines(title, 24, bold=True) == 1 else 18


def _lines(text: str, size: int, *, bold: bool = False) -> int:
    return max(1, math.ceil(len(text) * size * (BOLD_LETTER if bold else LETTER) / Emu(INNER).pt))


def _height(text: str, size: int, *, bold: bool = False) -> int:
    """The height that a text takes on a slide's width."""
    return int(Pt(size * LEADING * _lines(printable(text, 1_000), size, bold=bold)))


def _text(slide: Any, text: str, *, top: int, size: int, bold: bool = False, link: str = "") -> int:
    """Write a text and return where it ends, so that nothing is drawn over it."""
    height = _height(text, size, bold=bold)
    frame = slide.shapes.add_textbox(LEFT, top, INNER, height).text_frame
    frame.word_wrap = True
    frame.margin_top = frame.margin_bottom = 0
    run = frame.paragraphs[0].add_run()
    run.text = printable(text, 1_000).replace("\n", " ")
    run.font.size, run.font.bold = Pt(size), bold
    if link:
        run.hyperlink.address = link
    return top + height


def _add_picture(slide: Any, png: bytes, box: Box, alt: str) -> None:
    """The picture, as large as the box allows, in its middle."""
    picture = slide.shapes.add_picture(io.BytesIO(png), box.left, box.top)
    scale = min(box.width / picture.width, box.height / picture.height)
    picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
    picture.left = box.left + (box.width - picture.width) // 2
    picture._element.nvPicPr.cNvPr.set("descr", printable(alt, LONGEST_NAME))
