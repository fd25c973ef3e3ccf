"""Compare, Network and notes: what the pages show, and that their numbers are those of their receipts."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from more_pages import FIRST, PAIRS, fill
from PIL import Image, ImageColor
from streamlit.testing.v1 import AppTest

from analysis.network import co_mentions
from analysis.network_layout import spring_layout
from analysis.price_moves import attention_and_moves, moves_beyond, period_moves
from dashboard.address.points import Point, read_point
from dashboard.address.view import View
from dashboard.charts.network import RELATION, edge_colour, network_figure
from dashboard.charts.palette import SERIES
from dashboard.exports.network_png import SHARP, network_png, on_white
from dashboard.exports.network_svg import colour_of, network_svg, positions
from dashboard.exports.provenance import link_in
from dashboard.page_data import PAGES, read_page
from dashboard.page_data.company import in_dollars
from dashboard.page_data.compare import subject_levels
from dashboard.page_data.links import path_in_app
from dashboard.page_data.network import drawing_of, ends, pair_stories, relations_until, with_beats
from dashboard.page_data.request import Request
from dashboard.page_data.subjects import subject_of
from data.catalog import load_catalog
from data.catalog.records import Listing
from data.people.notes import notes_between, save_note
from data.read.attention import Filters
from data.read.co_mentions import story_subjects
from data.schema.store import open_store
from exported import LINK, WORDS

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"
WHOLE = Filters(start=date(2026, 1, 1), end=date(2026, 12, 31))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "store.db"
    fill(path)
    return path


@pytest.fixture
def open_page(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{path}")

    def opened(page: str, **query: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        for name, value in query.items():
            app.query_params[name] = value
        app.switch_page(f"views/{page}.py").run()
        assert not app.exception, app.exception
        return app

    return opened


def figures(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_compare_draws_a_line_a_subject_prices_and_the_scatter(open_page: Any) -> None:
    app = open_page("compare", subject=["company:micron", "company:nvidia"])
    attention, prices, scatter = figures(app)
    assert [line["name"] for line in attention["data"]] == ["Micron Technology", "NVIDIA"]
    assert [line["name"] for line in prices["data"]] == ["Micron Technology", "NVIDIA"]
    assert {trace["mode"] for trace in scatter["data"]} == {"markers"}


def test_each_point_of_compare_names_its_receipts(open_page: Any) -> None:
    attention = figures(open_page("compare", subject=["company:micron"]))[0]
    points = [read_point(text) for text in attention["data"][0]["customdata"]]
    assert points and all(point is not None and point.subject == "company:micron" and point.period for point in points)


def test_more_than_eight_subjects_are_cut_and_unknown_ones_dropped(open_page: Any) -> None:
    themes = [f"theme:{ident}" for ident in load_catalog().themes][:10]
    app = open_page("compare", subject=["theme:nothing", *themes])
    assert len(figures(app)[0]["data"]) <= 8


def test_compare_without_a_subject_says_what_to_do(open_page: Any) -> None:
    assert "Choose a theme or a company" in open_page("compare", subject="").info[0].value


def test_network_lists_the_pairs_beyond_chance_and_keeps_the_round_up_out(path: Path) -> None:
    with open_store(path) as store:
        rows = story_subjects(store, "company", WHOLE)
    network = co_mentions(rows)
    edges = with_beats(network.edges)
    beyond = {(edge.a, edge.b): edge.stories for edge in edges[edges["beats"]].itertuples()}
    assert beyond == PAIRS
    assert network.dropped == 1


def test_an_edge_counts_its_receipts(path: Path) -> None:
    with open_store(path) as store:
        rows = story_subjects(store, "company", WHOLE)
    for (a, b), stories in PAIRS.items():
        assert len(pair_stories(rows, a, b, largest=8)) == stories
        assert len(pair_stories(rows, a, b, largest=99)) == stories + 1


def test_the_network_page_opens_the_receipts_of_a_pair(open_page: Any) -> None:
    (a, b), stories = next(iter(PAIRS.items()))
    app = open_page("network", point=f"edges.{Point(subject=a, part=b, by='both')}")
    shown = " ".join(str(element.proto.body) for element in app.get("html"))
    assert f'data-count="{stories}"' in shown
    assert "<img src=x" not in shown


def test_around_one_subject_only_its_neighbours_are_drawn(path: Path) -> None:
    with open_store(path) as store:
        rows = story_subjects(store, "company", WHOLE)
    counts = rows.groupby("subject")["story"].nunique()
    drawing = drawing_of(
        co_mentions(rows), counts, [], name_of=str.upper, beyond=True, together=True, around="company:micron"
    )
    assert set(drawing.places.index) == {"company:micron", "company:sk-hynix"}


def test_the_network_in_a_file_is_one_that_plotly_knows(path: Path) -> None:
    with open_store(path) as store:
        network = co_mentions(story_subjects(store, "company", WHOLE))
    drawing = drawing_of(
        network, network.named, load_catalog().relations, name_of=str.upper, beyond=False, together=True
    )
    names = {str(key): f"<{key}>" for key in drawing.places.index}
    figure = network_figure(drawing, names=names, groups=dict.fromkeys(names, "All"))
    sent = figure.to_plotly_json()
    assert go.Figure(data=sent["data"], layout=sent["layout"]).layout.shapes[0].type == "line"
    assert len(sent["layout"]["shapes"]) == len(drawing.edges) > 0
    assert len(sent["layout"]["annotations"]) == len({ends(relation) for relation in drawing.relations}) + len(names)
    assert "&lt;company:" in sent["layout"]["annotations"][-1]["text"]


def test_the_network_as_an_svg_has_each_line_each_name_and_its_link(path: Path) -> None:
    with open_store(path) as store:
        network = co_mentions(story_subjects(store, "company", WHOLE))
    drawing = drawing_of(
        network, network.named, load_catalog().relations, name_of=str.upper, beyond=False, together=True
    )
    names = {str(key): f"<{key}>" for key in drawing.places.index}
    content = network_svg(drawing, WORDS, names=names, groups=dict.fromkeys(names, "All"))
    root = ElementTree.fromstring(content)
    drawn = [element.tag.partition("}")[2] for element in root.iter()]
    arrows = len({ends(relation) for relation in drawing.relations})
    assert drawn.count("path") == len(drawing.edges) + arrows + 1  # the arrow's own head
    assert drawn.count("circle") == len(names) + 1  # the legend's
    assert {f"<{key}>" for key in drawing.places.index} <= {element.text for element in root.iter()}
    assert WORDS.notice in {element.text for element in root.iter()}
    assert link_in(content) == path_in_app(LINK)


def test_the_network_as_a_png_has_its_circles_its_lines_and_its_arrows(path: Path) -> None:
    with open_store(path) as store:
        network = co_mentions(story_subjects(store, "company", WHOLE))
    drawing = drawing_of(
        network, network.named, load_catalog().relations, name_of=str.upper, beyond=False, together=True
    )
    names = {str(key): key for key in drawing.places.index}
    picture = Image.open(io.BytesIO(network_png(drawing, names=names, groups=dict.fromkeys(names, "All"))))
    colours = {f"#{red:02X}{green:02X}{blue:02X}" for _, (red, green, blue) in picture.getcolors(picture.size[0] ** 2)}
    grey = on_white(edge_colour(drawing.edges.iloc[0]))
    assert {RELATION, colour_of(SERIES[0]).upper(), grey} <= colours
    x, y = next(iter(positions(drawing).values()))
    assert picture.getpixel((round(x * SHARP), round(y * SHARP))) == ImageColor.getrgb(colour_of(SERIES[0]))


def test_relations_reported_later_are_not_drawn() -> None:
    catalog = load_catalog()
    assert relations_until(catalog, date(2000, 1, 1)) == []
    days = [relation.date for relation in relations_until(catalog, date(2100, 1, 1))]
    assert days == sorted(days, reverse=True) and len(days) == len(catalog.relations)


def test_an_empty_network_is_drawn_as_nothing(open_page: Any) -> None:
    app = open_page("network", kind="theme", **{"from": "2026-01-05", "to": "2026-01-05"})
    assert any("No pair" in info.value for info in app.info)


def test_the_layout_is_the_same_each_time_and_within_its_box() -> None:
    pairs, strength = np.array([[0, 1], [1, 2]]), np.ones(2)
    first, again = (spring_layout(5, pairs, strength, aspect=1.5) for _ in range(2))
    assert (first == again).all()
    assert np.abs(first[:, 0]).max() <= 1.5 + 1e-9 and np.abs(first[:, 1]).max() <= 1 + 1e-9
    assert np.linalg.norm(first[0] - first[1]) < np.linalg.norm(first[0] - first[4])


def test_a_move_is_the_last_level_of_a_period_over_the_last_one_before_it() -> None:
    days = pd.DatetimeIndex(["2026-01-08", "2026-01-09", "2026-01-12", "2026-01-16", "2026-01-23"])
    moves = period_moves(pd.DataFrame({"a": [100.0, 110.0, 120.0, 121.0, 133.1]}, index=days), "week")
    assert moves["a"].round(6).tolist()[1:] == [0.1, 0.1] and np.isnan(moves["a"].iloc[0])
    beyond = moves_beyond(moves, pd.Series([0.0, 0.04, 0.1], index=moves.index))
    assert beyond["a"].round(6).tolist()[1:] == [0.06, 0.0]


def test_the_scatter_has_only_whole_periods_in_which_both_are_known() -> None:
    weeks = pd.DatetimeIndex(["2026-01-05", "2026-01-12", "2026-01-19"])
    cells = pd.DataFrame(
        {
            "subject": "a",
            "period": weeks,
            "stories": [1, 2, 3],
            "abnormal": [np.nan, 1.0, 2.0],
            "complete": [True, True, False],
        }
    )
    points = attention_and_moves(cells, pd.DataFrame({"a": [0.1, 0.2, 0.3]}, index=weeks))
    assert points[["period", "abnormal", "move"]].values.tolist() == [[weeks[1], 1.0, 0.2]]


def test_a_private_company_has_no_level() -> None:
    prices = pd.DataFrame({"MU": [10.0, 11.0]}, index=pd.DatetimeIndex(["2026-01-05", "2026-01-06"]))
    levels = subject_levels(prices, [subject_of(load_catalog(), key) for key in ("company:micron", "company:openai")])
    assert levels.columns.tolist() == ["company:micron"] and levels["company:micron"].round(9).tolist() == [
        100.0,
        110.0,
    ]


def test_several_listings_are_drawn_each_from_100_in_its_own_currency(open_page: Any) -> None:
    app = open_page("company", company="sk-hynix", beside="SKHY")
    drawn = {trace["name"]: trace for trace in figures(app)[0]["data"]}
    assert {"000660.KS (KRW)", "SKHY (USD)"} <= set(drawn)
    assert "each listing in its own currency" in " ".join(str(element.proto.body) for element in app.get("html"))


def test_several_listings_are_drawn_in_one_currency_at_the_rates_of_the_store(open_page: Any, path: Path) -> None:
    app = open_page("company", company="sk-hynix", beside="SKHY", currency="USD")
    said = " ".join(str(element.proto.body) for element in app.get("html"))
    assert "prices in US dollars" in said and "own currency" not in said
    lines = {trace["name"] for trace in figures(app)[0]["data"] if trace["type"] == "scatter"}
    assert lines == {"000660.KS", "SKHY"}
    with open_store(path) as store:
        view = View(start=date(2026, 1, 5), end=date(2026, 1, 9), rev=store.revision())
        values = {"company": "sk-hynix", "beside": ("SKHY",), "currency": "USD"}
        page = read_page(Request.of(store.url, "company", view, values))
        prices = [(row["line"], round(row["value"], 3)) for row in page.rows if row["chart"] == "prices"]
        assert page.tickers == ["000660.KS", "KRW=X", "SKHY"]
    # Won and dollar of the store rise alike: a won price over what a dollar costs stays where it was.
    assert [value for line, value in prices if line == "000660.KS"] == [round(90_000 / 1_300, 3)] * 5
    assert next(value for line, value in prices if line == "SKHY") == 60.0


def test_without_a_rate_nothing_is_told_in_dollars(open_page: Any) -> None:
    app = open_page("company", company="samsung", currency="USD")
    assert "the store has no exchange rates for it" in " ".join(str(element.proto.body) for element in app.get("html"))
    won, days = Listing(ticker="A.KS", mic="XKRX", currency="KRW"), pd.DatetimeIndex(["2026-01-05", "2026-01-06"])
    assert in_dollars(pd.DataFrame({"A.KS": [1.0, 2.0]}, days), [won], load_catalog()).empty
    dollars = in_dollars(
        pd.DataFrame({"A.KS": [1_300.0, 2_600.0], "KRW=X": [1_300.0, np.nan]}, days), [won], load_catalog()
    )
    assert dollars["A.KS"].tolist() == [1.0, 2.0]  # the last rate known


def test_a_note_is_a_mark_on_its_day_and_its_words_stay_words(open_page: Any, path: Path) -> None:
    with open_store(path) as store:
        save_note(
            store, subject="theme:memory", day=date(2026, 2, 3), words="<b>sold</b> out", author="Ada <i>", now=FIRST
        )
        assert len(notes_between(store, "theme:memory", WHOLE.start, WHOLE.end)) == 1
    marks = next(trace for trace in figures(open_page("theme", theme="memory"))[0]["data"] if trace["name"] == "Notes")
    assert marks["x"] == ["2026-02-03T12:00"]
    assert "&lt;b&gt;sold&lt;/b&gt; out" in marks["hovertext"][0] and "Ada &lt;i&gt;" in marks["hovertext"][0]


def test_every_control_of_the_new_pages_is_a_parameter() -> None:
    assert set(PAGES["compare"].params) == {"subject", "returns", "point"}
    assert set(PAGES["network"].params) == {"kind", "edges", "show", "around", "point"}
    assert "beside" in PAGES["company"].params
