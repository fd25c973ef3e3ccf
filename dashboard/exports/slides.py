"""
A chart as one slide with charts that can be edited, its words under it, and all of them in the notes.

    drawn, words → PPTX
"""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches, Pt

from dashboard.exports.export import plain
from dashboard.exports.series import Drawn
from dashboard.exports.slide_charts import add_named_bars, add_plane
from dashboard.exports.spreadsheet import plain_workbook
from dashboard.formatting import ChartWords, day_words

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, INNER = Inches(0.5), Inches(12.333)
BLANK = 6  # the layout without placeholders
LONGEST_PROPERTY = 255
LABELS = 12


def pptx_bytes(drawn: Drawn, words: ChartWords) -> bytes:
    """One slide, 16:9."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
    _text(slide, words.title, top=Inches(0.3), height=Inches(0.5), size=24, bold=True)
    _text(slide, words.caption, top=Inches(0.85), height=Inches(0.35), size=12)
    if len(drawn.points):
        add_plane(slide, drawn, LEFT, Inches(1.25), INNER, Inches(5.2))
    if len(drawn.bars):
        add_named_bars(slide, drawn, LEFT, Inches(1.25), INNER, Inches(5.2))
    frames = [(drawn.lines, False), (drawn.parts, drawn.stacked)]
    filled = [(frame, stacked) for frame, stacked in frames if len(frame.columns) > 1 and not frame.empty]
    height = Emu(int(Inches(5.2) / max(len(filled), 1)))
    for number, (frame, stacked) in enumerate(filled):
        unit = drawn.line_unit if frame is drawn.lines else drawn.unit
        _add_chart(slide, drawn, frame, stacked, unit, top=Emu(Inches(1.25) + number * height), height=height)
    foot = " · ".join(part for part in (f"Method: {words.method}", f"revision {words.revision}", words.notice) if part)
    _text(slide, foot, top=Inches(6.5), height=Inches(0.55), size=10)
    if words.link:
        # Short on the slide, whole behind it and in the notes.
        _text(slide, "Open this view in Chokepoint", top=Inches(7.08), height=Inches(0.3), size=10, link=words.link)
    slide.notes_slide.notes_text_frame.text = plain("\n".join(words.lines))
    _describe(deck, words)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _describe(deck: Any, words: ChartWords) -> None:
    core = deck.core_properties
    core.title, core.subject = plain(words.title, 250), plain(words.caption, 250)
    core.author, core.keywords = "Chokepoint", f"revision {words.revision}"
    core.comments = (
        words.link if len(words.link) <= LONGEST_PROPERTY else ""
    )  # half a link would be a wrong one; the notes have all


def _text(slide: Any, text: str, *, top: int, height: int, size: int, bold: bool = False, link: str = "") -> None:
    frame = slide.shapes.add_textbox(LEFT, top, INNER, height).text_frame
    frame.word_wrap = True
    run = frame.paragraphs[0].add_run()
    run.text = plain(text, 1_000).replace("\n", " ")
    run.font.size, run.font.bold = Pt(size), bold
    if link:
        run.hyperlink.address = link


def _add_chart(
    slide: Any, drawn: Drawn, frame: pd.DataFrame, stacked: bool, unit: str, *, top: int, height: int
) -> None:
    key = frame.columns[0]
    data = CategoryChartData(number_format="0.0%" if drawn.is_share and frame is drawn.parts else "#,##0.##")
    # On an axis of dates a bar would be as thin as a day, whatever its period.
    data.categories = [day_words(moment) if stacked else moment.date() for moment in frame[key]]
    for name in frame.columns[1:]:
        data.add_series(plain(name, 250), [None if pd.isna(value) else float(value) for value in frame[name]])
    kind = XL_CHART_TYPE.COLUMN_STACKED if stacked else XL_CHART_TYPE.LINE
    chart = slide.shapes.add_chart(kind, LEFT, top, INNER, height, data).chart
    # The library writes the chart's workbook without a guard: a name that begins like a formula would be one.
    chart.part.chart_workbook.update_from_xlsx_blob(plain_workbook(frame))
    chart.has_title = False
    chart.has_legend = len(frame.columns) > 2 or frame is drawn.lines
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.font.size = Pt(10)
    chart.value_axis.has_title, chart.value_axis.axis_title.text_frame.text = True, plain(unit, 250)
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("D5DBE3")
    _few_labels(chart.category_axis, frame, stacked)
    if drawn.is_share and frame is drawn.parts:
        chart.value_axis.tick_labels.number_format, chart.value_axis.tick_labels.number_format_is_linked = "0%", False
    if stacked:
        chart.plots[0].gap_width, chart.plots[0].overlap = 20, 100
    for name, series in zip(frame.columns[1:], chart.plots[0].series, strict=True):
        _colour(series, drawn.colours.get(str(name)), stacked)


def _few_labels(axis: Any, frame: pd.DataFrame, stacked: bool) -> None:
    """About a dozen labels; the library has no words for how many, so the elements are put in, in the schema's order."""
    element = axis._element
    if stacked:
        before = element.find(qn("c:noMultiLvlLbl"))
        skip = parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="{-(-len(frame) // LABELS)}"/>')
        before.addprevious(skip) if before is not None else element.append(skip)
        return
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "mmm yyyy", False
    months = max(1, round((frame.iloc[-1, 0] - frame.iloc[0, 0]).days / 30 / LABELS))
    for name in ("c:majorUnit", "c:majorTimeUnit"):
        for old in element.findall(qn(name)):
            element.remove(old)
    element.append(parse_xml(f'<c:majorUnit {nsdecls("c")} val="{months}"/>'))
    element.append(parse_xml(f'<c:majorTimeUnit {nsdecls("c")} val="months"/>'))


def _colour(series: Any, colour: str | None, stacked: bool) -> None:
    if not stacked:
        series.smooth = False
        series.format.line.width = Pt(1.75)
    if colour is None:
        return
    fill = series.format.fill if stacked else series.format.line
    if stacked:
        fill.solid()
        fill.fore_color.rgb = RGBColor.from_string(colour.removeprefix("#"))
    else:
        fill.color.rgb = RGBColor.from_string(colour.removeprefix("#"))
