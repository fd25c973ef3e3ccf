"""What leaves the app: the same numbers, with their words, and nothing in it that runs."""

from __future__ import annotations

import csv
import io
import json
import re
import tarfile
import zipfile
from dataclasses import replace
from datetime import date
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as parquet
import pytest
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from builders import NOW, article, linked, save
from dashboard.address.view import View
from dashboard.charts.compare import move_scatter
from dashboard.charts.overtime import attention_chart, stacked_chart
from dashboard.charts.palette import heat_on_paper
from dashboard.charts.signals import chance_band, lag_chart, path_chart, spillover_chart
from dashboard.charts.subject_rows import alarm_chart, heat_chart
from dashboard.exports.chart_data import ChartData, bars_by_name, chart_data_of
from dashboard.exports.evidence_table import article_evidence, evidence_table
from dashboard.exports.export import csv_bytes, file_name, parquet_bytes, printable
from dashboard.exports.print_chart import svg_of
from dashboard.exports.slides import pptx_bytes
from dashboard.exports.spreadsheet import table_xlsx_bytes, xlsx_bytes
from dashboard.exports.webpage import html_bytes, table_html_bytes
from dashboard.page_data.attention import with_lines
from dashboard.page_data.request import Request
from data.read.attention import Filters, attention_by_day
from data.read.search import search_articles
from data.schema.store import Store
from exported import LINK, NASTY, PERIODS, PRICES, WORDS, chart, evidence
from reference import reference

MAY = Filters(start=date(2026, 5, 1), end=date(2026, 5, 31))


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_what_is_drawn_is_what_is_exported() -> None:
    drawn = chart_data_of(chart(), PERIODS)
    assert drawn.parts.to_dict("list") == {"period": list(PERIODS["period"]), "Micron": [1, 2], "none named": [0, 1]}
    assert drawn.lines["MU"].tolist() == [100, 104]
    assert (drawn.unit, drawn.line_unit, drawn.grain) == ("stories", "first close = 100", "week")
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in drawn.colours.values())


def weeks(stories: list[int], prices: pd.DataFrame | None = PRICES) -> ChartData:
    """The chart of a theme with one part, by week."""
    periods = pd.DataFrame({"period": pd.date_range("2026-05-04", periods=len(stories), freq="7D"), "stories": stories})
    periods = periods.assign(all_stories=100, share=periods["stories"] / 100, complete=True)
    parts = periods[["period", "stories"]].assign(part="company:micron")
    names = {"company:micron": "Micron"}
    figure = stacked_chart(
        periods, parts, subject="theme:memory", by="company", names=names, measure="share", grain="week", prices=prices
    )
    return chart_data_of(figure, periods)


def chart_xml(content: bytes) -> list[str]:
    """The native charts of a workbook or slide."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if re.search(r"charts/chart\d+\.xml$", name)]
        return [archive.read(name).decode() for name in sorted(names)]


def files_of(drawn: ChartData) -> tuple[bytes, bytes]:
    return xlsx_bytes(drawn, PERIODS, WORDS, evidence(["a"])), pptx_bytes(drawn, WORDS)


def test_bars_and_lines_are_on_an_axis_of_dates_with_every_period() -> None:
    drawn = weeks([2, 0, 0, 1])
    assert drawn.parts["Micron"].tolist() == [0.02, 0, 0, 0.01]
    workbook, slide = files_of(drawn)
    rows = [[cell.value for cell in row[:2]] for row in opened(workbook)["Data"].iter_rows(min_row=2, max_row=5)]
    assert rows == [[pd.Timestamp("2026-05-04") + pd.Timedelta(weeks=n), y] for n, y in enumerate([0.02, 0, 0, 0.01])]
    for xml in chart_xml(workbook) + chart_xml(slide):
        assert "<c:dateAx>" in xml and "<c:catAx>" not in xml


def test_a_weeks_bar_is_six_days_wide_and_as_high_on_each() -> None:
    drawn = weeks([2, 1]).drawn_parts
    assert drawn["day"].tolist() == [*pd.date_range("2026-05-04", periods=6), *pd.date_range("2026-05-11", periods=6)]
    assert drawn["Micron"].tolist() == [0.02] * 6 + [0.01] * 6


def test_bars_and_lines_of_a_file_share_their_first_and_last_day() -> None:
    for content in files_of(weeks([2, 0, 0, 1])):
        limits = [re.findall(r'<c:(?:min|max) val="(\d+)', xml.partition("dateAx")[2]) for xml in chart_xml(content)]
        assert len(limits) == 2 and len({tuple(sorted(each[:2])) for each in limits}) == 1


def test_a_line_goes_on_over_a_day_without_a_price() -> None:
    prices = pd.DataFrame({"MU": [100.0, None, 104.0]}, index=PRICES.index)
    for content in files_of(weeks([2, 1], prices)):
        assert '<c:dispBlanksAs val="span"/>' in "".join(chart_xml(content))


def test_an_axis_of_shares_is_in_per_cent_and_one_of_few_stories_in_whole_steps() -> None:
    for content in files_of(weeks([2, 1], None)):
        assert '<c:numFmt formatCode="0.0%" sourceLinked="0"/>' in "".join(chart_xml(content))
    for content in files_of(chart_data_of(chart(prices=None), PERIODS)):
        assert '<c:majorUnit val="1' in "".join(chart_xml(content)).partition("valAx")[2]


@pytest.mark.parametrize("title", ["Memory", "A title that is far too long for one line of a slide " * 3])
def test_no_text_of_a_slide_lies_over_its_charts(title: str) -> None:
    words = replace(WORDS, title=title, method="a method " * 60, n="n = 2 stories " * 12)
    shapes = list(Presentation(io.BytesIO(pptx_bytes(weeks([2, 1]), words))).slides[0].shapes)
    boxes = sorted((shape.top, shape.top + shape.height) for shape in shapes)
    assert len(boxes) == 6
    assert all(end <= top for (_, end), (top, _) in pairwise(boxes))
    assert boxes[-1][1] <= 6_858_000  # the height of a slide


def test_a_heat_map_is_a_table_of_its_numbers_and_colours() -> None:
    figure = heat_chart(
        PERIODS, order=["theme:memory"], names={"theme:memory": "Memory"}, measure="share", grain="week"
    )
    drawn = chart_data_of(figure, PERIODS.assign(theme="Memory"))
    workbook, slide = files_of(drawn)
    sheet = opened(workbook)["Chart"]
    assert [cell.value for cell in sheet[6]][:3] == ["Memory", None, 2.5]
    (area,) = sheet.conditional_formatting
    assert (str(area.sqref), area.rules[0].type) == ("B6:C6", "colorScale")
    assert [cell.value for cell in opened(workbook)["Data"][3]] == [pd.Timestamp("2026-05-11"), 2.5]
    (table,) = [shape.table for shape in Presentation(io.BytesIO(slide)).slides[0].shapes if shape.has_table]
    assert [cell.text for cell in table.rows[1].cells] == ["Memory", "", "2.5"]
    assert str(table.cell(1, 2).fill.fore_color.rgb) == heat_on_paper(2.5).lstrip("#") != "FFFFFF"
    assert heat_on_paper(float("nan")) == "#FFFFFF"


def test_alarms_are_dots_on_their_days_with_their_subjects() -> None:
    days = pd.to_datetime(["2026-05-20", "2026-05-06", "2026-05-04"])
    alarms = pd.DataFrame({"subject": ["a", "b", "a"], "day": days, "stories": 5, "expected": 1.0, "rings_at": 4,
                           "families": 2, "abnormal": 3.0})  # fmt: skip
    figure = alarm_chart(alarms, {"a": "Power", "b": "Optics"}, start=date(2026, 5, 1), end=date(2026, 5, 31))
    drawn = chart_data_of(figure, alarms)
    assert drawn.dots.columns.tolist() == ["day", "Power", "Optics"]
    assert drawn.dots["Power"].dropna().to_dict() == {0: 2, 2: 2} and drawn.dots["Optics"].dropna().to_dict() == {1: 1}
    for content in files_of(drawn):
        (xml,) = chart_xml(content)
        assert "<c:dateAx>" in xml and xml.count('<c:symbol val="circle"/>') >= 2 and "Power" in xml


def test_bars_that_lie_are_exported_with_their_names() -> None:
    results = pd.DataFrame({"degree": [1, 2], "window": "same day", "passed": [0.5, 0.1], "passed_low": 0.0,
                            "passed_high": 1.0, "passed_p_adjusted": 0.01})  # fmt: skip
    drawn = chart_data_of(spillover_chart(SimpleNamespace(results=results)), results)
    assert drawn.bars.iloc[:, 1].tolist() == [0.5, 0.1] and "<br>" not in " ".join(drawn.bars["name"])
    assert all(len(chart_xml(content)) == 1 for content in files_of(drawn))


def test_a_workbook_has_the_numbers_the_charts_the_method_and_the_evidence() -> None:
    content = xlsx_bytes(chart_data_of(chart(), PERIODS), PERIODS, WORDS, evidence(["Micron sells out"]))
    book = opened(content)
    assert book.sheetnames == ["Chart", "Data", "Method", "Evidence", "Table", "Drawn"]
    assert [cell.value for cell in book["Data"][3]][:3] == [pd.Timestamp("2026-05-11"), 2, 1]
    assert [chart.__class__.__name__ for chart in book["Chart"]._charts] == ["LineChart", "BarChart"]
    method = " ".join(str(cell.value) for row in book["Method"].iter_rows() for cell in row if cell.value)
    for said in (
        "n = 2 of 9 stories",
        "divided by all stories",
        "languages: English",
        "revision 3",
        "SAMPLE DATA",
        LINK,
    ):
        assert said in method
    assert LINK in book.properties.description
    assert book["Evidence"]["C2"].value == pd.Timestamp("2026-05-04 13:30")


def plane(name: str = "Micron") -> ChartData:
    points = pd.DataFrame(
        {
            "subject": "company:micron",
            "period": PERIODS["period"],
            "stories": [3, 4],
            "abnormal": [0.5, 2.5],
            "move": [0.1, -0.2],
        }
    )
    figure = move_scatter(
        points,
        order=["company:micron"],
        names={"company:micron": name},
        grain="week",
        return_name="return",
        touch=False,
    )
    return chart_data_of(figure, points)


def pairs(name: str = "Micron – NVIDIA") -> ChartData:
    return bars_by_name(
        pd.DataFrame({"pair": [name, "b"], "stories": [9, 7], "by chance": [1.5, 2.0]}), unit="stories that name both"
    )


def test_points_on_a_plane_are_exported_as_a_scatter_chart_with_their_numbers() -> None:
    drawn = plane()
    assert drawn.points.to_dict("list") == {"series": ["Micron", "Micron"], "x": [0.5, 2.5], "y": [0.1, -0.2]}
    book = opened(xlsx_bytes(drawn, PERIODS, WORDS, evidence(["a"])))
    assert [chart.__class__.__name__ for chart in book["Chart"]._charts] == ["ScatterChart"]
    assert [[cell.value for cell in row] for row in book["Data"].iter_rows(min_row=2)] == [[0.5, 0.1], [2.5, -0.2]]
    (chart,) = [shape.chart for shape in slide_of(drawn).shapes if shape.has_chart]
    assert [[series.name, list(series.iter_values())] for series in chart.plots[0].series] == [["Micron", [0.1, -0.2]]]


def test_a_path_around_events_is_lines_over_sessions_not_over_dates() -> None:
    path = pd.DataFrame({"day": [-1, 0, 1], "low": [0.0, 0.01, 0.0], "high": [0.02] * 3, "caar": [0.0, 0.015, 0.01]})
    drawn = chart_data_of(path_chart(path, pd.DataFrame([[0.0, 0.1, 0.2]], columns=[-1, 0, 1]), pd.DataFrame()), path)
    assert drawn.series == ["95 % interval, upper end", "95 % interval of the mean", "mean of the events"]
    assert drawn.points_of("mean of the events").to_dict("list") == {"x": [-1, 0, 1], "y": [0.0, 1.5, 1.0]}
    assert drawn.x_unit == "sessions from the event"


def test_correlations_by_lag_are_points_over_the_fan_of_chance() -> None:
    lags = pd.DataFrame({"lag": [-1, 0, 1], "correlation": [0.1, 0.0, 0.3], "se": [0.04] * 3})
    drawn = chart_data_of(lag_chart(chance_band(lags, 2.5), significant=1), lags)
    assert (drawn.series[-1], drawn.marker_series) == ("correlation", {"correlation"})
    assert drawn.points_of("correlation").to_dict("list") == {"x": [-1, 0, 1], "y": [0.1, 0.0, 0.3]}
    assert len([shape for shape in slide_of(drawn).shapes if shape.has_chart]) == 1


def test_a_bar_of_the_brief_is_as_wide_as_its_period_where_the_next_one_has_no_story() -> None:
    parts = pd.DataFrame({"period": pd.to_datetime(["2026-05-04", "2026-05-11", "2026-06-29"]), "Micron": [1, 2, 3]})
    widths = re.findall(
        r'<rect [^>]*width="([\d.]+)"', svg_of(replace(chart_data_of(chart(), PERIODS), parts=parts), alt="a")
    )
    assert len(widths) == 3 and len(set(widths)) == 1


def test_a_network_is_a_picture_with_its_pairs_and_relations() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (20, 10)).save(picture, "PNG")
    relations = pd.DataFrame({"supplier": ["SK hynix"], "customer": ["NVIDIA"]})
    drawn = replace(pairs(), picture=picture.getvalue(), relations=relations)
    book = opened(xlsx_bytes(drawn, PERIODS, WORDS, evidence(["a"])))
    assert len(book["Chart"]._images) == 1
    assert [[cell.value for cell in row] for row in book["Data"].iter_rows(min_row=2)] == [
        ["Micron – NVIDIA", 9, 1.5],
        ["b", 7, 2],
    ]
    assert [cell.value for cell in book["Relations"][2]] == ["SK hynix", "NVIDIA"]
    (shape,) = [shape for shape in slide_of(drawn).shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert shape.image.blob == drawn.picture and shape.width == 2 * shape.height


def slide_of(drawn: ChartData) -> Any:
    return Presentation(io.BytesIO(pptx_bytes(drawn, WORDS))).slides[0]


def test_no_cell_of_a_workbook_is_a_formula_or_a_link() -> None:
    names = {"company:micron": "=1+1", "": "@x"}
    table = pd.DataFrame({"=name": NASTY, "n": range(len(NASTY))})
    content = xlsx_bytes(chart_data_of(chart(names), PERIODS), table, WORDS, evidence(NASTY))
    book = opened(content)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [
            archive.read(name).decode() for name in archive.namelist() if re.match(r"xl/worksheets/\w+\.xml", name)
        ]
    assert not [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet]
    assert len(book["Evidence"]["F"]) == len(NASTY) + 1
    assert book["Evidence"]["F"][NASTY.index("x" * 40_000) + 1].value.endswith("… (cut)")


def test_a_slide_has_native_charts_and_its_method_in_the_notes() -> None:
    deck = Presentation(io.BytesIO(pptx_bytes(chart_data_of(chart(), PERIODS), WORDS)))
    slide = deck.slides[0]
    charts = [shape.chart for shape in slide.shapes if shape.has_chart]
    assert [[series.name for series in chart.plots[0].series] for chart in charts] == [["MU"], ["Micron", "none named"]]
    assert list(charts[1].plots[0].series[0].values) == [1] * 6 + [2] * 6
    assert LINK in slide.notes_slide.notes_text_frame.text
    assert "SAMPLE DATA" in " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


@pytest.mark.parametrize("name", NASTY)
def test_no_name_becomes_a_formula_in_a_slides_workbook(name: str) -> None:
    kinds = [chart_data_of(chart({"company:micron": name, "": "rest"}), PERIODS), plane(name), pairs(name)]
    for shape in [shape for drawn in kinds for shape in slide_of(drawn).shapes]:
        if shape.has_chart:
            book = opened(shape.chart.part.chart_workbook.xlsx_part.blob)
            assert not [
                cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink
            ]


def test_parquet_keeps_types_and_says_where_it_comes_from() -> None:
    content = parquet_bytes(evidence(NASTY), WORDS)
    table = parquet.read_table(io.BytesIO(content))
    assert table.num_rows == len(NASTY)
    assert str(table.schema.field("published_at").type) == "timestamp[us, tz=UTC]"
    said = json.loads(table.schema.metadata[b"chokepoint"])
    assert (said["link"], said["lines"]) == (LINK, WORDS.lines)


def test_a_page_is_whole_and_every_text_in_it_is_only_text() -> None:
    names = {"company:micron": "</script><script>alert(1)</script>", "": "none"}
    page = html_bytes(chart(names), WORDS, pd.DataFrame({"text": NASTY}), evidence(NASTY)).decode()
    head, _, rest = page.partition("</head>")
    assert "default-src 'none'" in head
    assert f'<meta name="chokepoint" content="{LINK.replace("&", "&amp;")}">' in head
    scripts = re.findall(r"<script\b[^>]*>", rest)
    assert scripts == ["<script>", "<script>"]
    outside = re.sub(r"<script>.*?</script>", "", rest, flags=re.DOTALL)
    assert not re.search(r"<(img|svg|iframe|link|object)\b|\son\w+=[^&]*>|href=\"(?!https?://)", outside)
    assert "SAMPLE DATA" in outside


def test_csv_text_that_could_run_gets_an_apostrophe_and_numbers_stay() -> None:
    content = csv_bytes(pd.DataFrame({"text": NASTY, "n": -1.5}), WORDS).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    start = rows.index(["text", "n"]) + 1
    assert not [text for text, _ in rows[start:] if text.lstrip().startswith(("=", "+", "-", "@", "＝", "|"))]
    assert {number for _, number in rows[start:]} == {"-1.5"}
    assert [f"# Link: {LINK}"] in rows


@pytest.mark.parametrize("title", ["../../etc/passwd", "CON", "a" * 300, "‮gnp.exe", "\0", "三星电子"])
def test_file_names_are_plain_and_end_as_they_should(title: str) -> None:
    name = file_name(title, date(2026, 1, 1), date(2026, 6, 30), "xlsx")
    assert re.fullmatch(r"chokepoint-[a-z0-9-]{1,60}-20260101-20260630\.xlsx", name)


def test_naughty_strings_are_text_in_every_format() -> None:
    archive = reference("data/feeds/blns.tar.gz")
    with tarfile.open(archive) as tar:
        member = next(member for member in tar.getmembers() if member.name.endswith("blns.json"))
        strings = json.loads(tar.extractfile(member).read())  # type: ignore[union-attr]
    print(f"{len(strings)} naughty strings")
    rows = evidence(strings)
    book = opened(xlsx_bytes(chart_data_of(chart(), PERIODS), rows, WORDS, rows))
    assert not [cell for row in book["Evidence"].iter_rows() for cell in row if cell.data_type == "f"]
    assert book["Evidence"].max_row == len(strings) + 1
    page = html_bytes(chart(dict(zip(["company:micron", ""], strings[-2:], strict=True))), WORDS, rows, rows).decode()
    assert len(re.findall(r"<script\b", re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))) == 0
    assert parquet.read_table(io.BytesIO(parquet_bytes(rows, WORDS))).num_rows == len(strings)
    lines = list(csv.reader(io.StringIO(csv_bytes(rows, WORDS).decode("utf-8-sig"), newline="")))
    titles = [line[5] for line in lines[-len(strings) :]]
    assert not [title for title in titles if title.startswith(("=", "+", "-", "@", "\t"))]


def test_halves_of_characters_and_control_characters_fall_away() -> None:
    assert printable("a\ud800\x00\x1fb\n\tc") == "ab\n\tc"


def request_for(store: Store) -> Request:
    return Request.of(store.url, "theme", View(start=MAY.start, end=MAY.end, rev=store.revision()))


def test_every_count_has_as_many_rows_in_the_workbook(store: Store) -> None:
    titles = ["Micron sells out", "=Micron runs", "Micron and Samsung"]
    save(
        store,
        *[
            linked(article(title, url=f"https://e.example/{n}"), "theme:memory", story=-1 - n)
            for n, title in enumerate(titles)
        ],
    )
    save(store, linked(article("Micron again", url="https://e.example/9"), "theme:memory", story=1))
    for unit in ("stories", "articles"):
        counted = int(attention_by_day(store, ["theme:memory"], MAY)[unit].sum())
        rows = evidence_table(request_for(store), ["theme:memory"], MAY, unit=unit)  # type: ignore[arg-type]
        figure = attention_chart(PERIODS, subject="theme:memory", measure="share", grain="week")
        book = opened(xlsx_bytes(chart_data_of(figure, PERIODS), PERIODS, WORDS, rows))
        assert counted == len(rows) == book["Evidence"].max_row - 1
    assert rows["matched"].tolist() == ["Micron", "Micron", "=Micron", "Micron"]
    assert rows["first_seen_at"].dt.tz is not None
    assert NOW in set(rows["published_at"])


def test_prices_are_rows_under_the_counts_in_every_format() -> None:
    table = with_lines(PERIODS, PRICES)
    content = csv_bytes(table, WORDS).decode("utf-8-sig")
    lines = content[content.index("subject,") :].splitlines()
    assert lines[2] == "theme:memory,2026-05-11,3,4,12,0.25,2.5,True,,,"
    assert lines[3:] == [",,,,,,,,2026-05-04,MU,100.0", ",,,,,,,,2026-05-05,MU,104.0"]
    read = parquet.read_table(io.BytesIO(parquet_bytes(table, WORDS))).to_pylist()
    assert [row["all_stories"] for row in read] == [10, 12, None, None]
    assert [row["value"] for row in read] == [None, None, 100.0, 104.0]
    sheet = opened(table_xlsx_bytes(table, WORDS, pd.DataFrame()))["Data"]
    assert [cell.value for cell in sheet[4]][-3:] == [pd.Timestamp("2026-05-04"), "MU", 100.0]
    assert "<td>MU</td>" in table_html_bytes(WORDS, table, pd.DataFrame()).decode()
    assert with_lines(PERIODS, PRICES.iloc[:0]) is PERIODS


def test_a_table_without_a_chart_is_a_workbook_of_data_method_and_evidence() -> None:
    book = opened(table_xlsx_bytes(PERIODS, WORDS, evidence(["Micron sells out"])))
    assert book.sheetnames == ["Data", "Method", "Evidence"]
    assert [cell.value for cell in book["Data"][1]] == list(PERIODS.columns)
    assert LINK in {cell.value for row in book["Method"] for cell in row}
    assert opened(table_xlsx_bytes(PERIODS, WORDS, pd.DataFrame())).sheetnames == ["Data", "Method"]


def test_a_table_as_a_page_runs_nothing_and_says_where_it_is_from() -> None:
    text = table_html_bytes(WORDS, PERIODS, evidence(["<script>alert(1)</script>"])).decode()
    assert "<script" not in text
    assert all(said in text for said in ("SAMPLE DATA", "<h2>Numbers</h2>", "<h2>Evidence</h2>", 'name="chokepoint"'))
    assert "<h2>Evidence</h2>" not in table_html_bytes(WORDS, PERIODS, pd.DataFrame()).decode()


def test_a_search_shows_the_words_behind_each_article_once_a_subject(store: Store) -> None:
    save(
        store, linked(article("Micron and more"), "company:micron", "theme:memory"), linked(article("Nobody"), story=-2)
    )
    rows, _ = search_articles(store, MAY)
    found = article_evidence(request_for(store), rows)
    assert sorted(found["subject"]) == ["company:micron", "theme:memory"]
    assert set(found["matched"]) == {"Micron"}
    assert article_evidence(request_for(store), rows, ["theme:memory"])["subject"].tolist() == ["theme:memory"]
