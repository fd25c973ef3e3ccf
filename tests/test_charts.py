"""Figures from frames: the numbers drawn are the numbers given, and the colours can be told apart."""

from __future__ import annotations

import copy
import itertools
import json
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from plotly.io import to_json

from analysis.attention_panel import cells_of, counts_of, reach_back
from analysis.baskets import basket
from analysis.price_moves import group_moves_since
from dashboard.address.points import Point, read_point
from dashboard.charts.compare import attention_lines, level_lines, move_scatter
from dashboard.charts.figures import MOST_POINTS, downsampled, stories_and_articles
from dashboard.charts.overtime import attention_chart, coverage_chart, stacked_chart
from dashboard.charts.palette import INK, SERIES, STAND_INS, heat_colours, theme_colours, with_theme
from dashboard.charts.subject_rows import heat_chart
from dashboard.page_data.theme import (
    MOST_PARTS,
    coloured_parts,
    part_totals,
    parts_table,
    stack_names,
    with_others_as_one,
)

START, END = date(2026, 1, 1), date(2026, 3, 31)


def rows(*counted: tuple[str, str, int]) -> pd.DataFrame:
    """subject, day, stories"""
    frame = pd.DataFrame(counted, columns=["subject", "day", "stories"])
    return frame.assign(day=pd.to_datetime(frame["day"]), articles=frame["stories"] * 2)


def coverage(each_day: int = 10) -> pd.DataFrame:
    days = pd.date_range("2023-01-01", END)
    return pd.DataFrame({"day": days, "stories": each_day, "articles": each_day})


def cells(
    attention: pd.DataFrame, grain: str = "week", subjects: tuple[str, ...] = ("theme:memory",), **window: date
) -> pd.DataFrame:
    start, end = window.get("start", START), window.get("end", END)
    counts = counts_of(attention, coverage(), start=date(2023, 1, 1), end=END, subjects=subjects)
    return cells_of(counts, grain, start=start, end=end)  # type: ignore[arg-type]


SOME = rows(("theme:memory", "2026-01-05", 3), ("theme:memory", "2026-01-07", 2), ("theme:memory", "2026-02-20", 7))


def test_a_cell_counts_the_stories_of_its_days_and_their_share():
    week = cells(SOME).set_index("period").loc["2026-01-05"]
    assert (week["stories"], week["articles"], week["all_stories"]) == (5, 10, 70)
    assert week["share"] == pytest.approx(5 / 70)
    assert week["complete"]


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_every_story_of_the_window_is_in_one_period(grain: str):
    assert cells(SOME, grain)["stories"].sum() == 12


def test_a_period_without_stories_is_there_with_zero():
    drawn = cells(SOME)
    assert len(drawn) == 14
    assert (drawn["stories"] == 0).sum() == 12


def test_a_period_that_the_window_cuts_counts_only_the_days_inside():
    cut = cells(SOME, start=date(2026, 1, 6)).iloc[0]
    assert (cut["period"], cut["stories"], cut["all_stories"]) == (pd.Timestamp("2026-01-05"), 2, 60)
    assert not cut["complete"]


def test_a_window_judged_from_a_longer_table_is_judged_alike():
    wide = counts_of(SOME, coverage(), start=date(2023, 1, 1), end=END, subjects=("theme:memory",))
    days, early = coverage(), reach_back(START, "week")
    narrow = counts_of(SOME, days[days["day"] >= str(early)], start=early, end=END, subjects=("theme:memory",))
    first, second = (cells_of(counts, "week", start=START, end=END) for counts in (wide, narrow))
    pd.testing.assert_frame_equal(first, second)


def test_the_bars_are_the_numbers_and_know_their_receipts():
    drawn = cells(SOME)
    figure = attention_chart(drawn, subject="theme:memory", measure="stories", grain="week")
    bars = figure.data[0]
    assert list(bars.y) == drawn["stories"].tolist()
    points = [read_point(text) for text in bars.customdata]
    assert points[1] == Point(subject="theme:memory", period=date(2026, 1, 5))
    assert "5</b> stories, 10 articles" in bars.hovertext[1]
    assert stories_and_articles(1, 1) == "<b>1</b> story, 1 article"


@pytest.mark.parametrize("measure", ["share", "stories"])
def test_the_stack_adds_up_to_the_whole(measure: str):
    drawn, parts = cells(SOME), some_parts()
    names = stack_names(part_totals(parts), FakeCatalog())  # type: ignore[arg-type]
    figure = stacked_chart(
        drawn,
        with_others_as_one(parts, names),
        subject="theme:memory",
        by="company",
        names=names,
        measure=measure,
        grain="week",
    )
    heights: dict[str, float] = {}
    for trace in figure.data:
        for x, y in zip(trace.x, trace.y, strict=True):
            heights[x] = heights.get(x, 0) + y
    some = drawn[drawn["stories"] > 0]
    assert heights == pytest.approx(dict(zip(some["period"].dt.strftime("%Y-%m-%d"), some[measure], strict=True)))


def test_small_parts_are_drawn_as_one_and_stories_without_a_part_come_last():
    names = stack_names(part_totals(some_parts()), FakeCatalog())  # type: ignore[arg-type]
    assert list(names.values()) == [f"c{n}" for n in range(MOST_PARTS)] + ["2 others", "none mentioned"]
    assert coloured_parts(names) == tuple(f"company:c{n}" for n in range(MOST_PARTS))


def test_the_table_of_a_stack_has_the_numbers_of_its_bars():
    parts = some_parts()
    names = stack_names(part_totals(parts), FakeCatalog())  # type: ignore[arg-type]
    table = parts_table(cells(SOME), parts, names)
    assert table["stories"].sum() == 12
    assert table.loc[table["part"] == Point.OTHER, "stories"].sum() == 2
    assert (table["share"] == table["stories"] / table["all_stories"]).all()
    assert set(table["period"]) == set(cells(SOME)["period"])  # also those without a story, for their denominators


def some_parts() -> pd.DataFrame:
    """Nine companies and a story that names none, with the same totals as SOME."""
    week, later = pd.Timestamp("2026-01-05"), pd.Timestamp("2026-02-16")
    first = [(week, f"company:c{n}", 1) for n in range(4)] + [(week, "", 1)]
    second = [(later, f"company:c{n}", 1) for n in (0, 1, 4, 5, 6, 7, 8)]
    return pd.DataFrame(first + second, columns=["period", "part", "stories"])


class FakeCatalog:
    def subject_name(self, key: str) -> str:
        return key.partition(":")[2]


def test_each_cell_of_the_heat_is_a_point_with_receipts():
    both = rows(("theme:memory", "2026-01-05", 3), ("theme:optics", "2026-03-02", 9))
    drawn = cells(both, subjects=("theme:memory", "theme:optics"))
    names = {"theme:memory": "Memory", "theme:optics": "Optics"}
    figure = heat_chart(drawn, order=["theme:optics", "theme:memory"], names=names, measure="share", grain="week")
    (bars,) = figure.data
    assert len(bars.x) == len(drawn) == 28
    assert {read_point(text).subject for text in bars.customdata} == {"theme:memory", "theme:optics"}  # type: ignore[union-attr]
    top = [text for text, base in zip(bars.hovertext, bars.base, strict=True) if base > 0]
    assert all(text.startswith("<b>Optics</b>") for text in top)


def test_the_most_unusual_subjects_have_the_cells_that_they_have_among_all():
    many = {f"theme:{n}": rows(*((f"theme:{n}", f"2026-{month:02}-05", n) for month in (1, 2, 3))) for n in range(1, 9)}
    late = rows(("theme:3", "2026-03-30", 9), ("theme:7", "2026-03-31", 5), ("theme:8", "2026-03-30", 1))
    counted = pd.concat([*many.values(), late], ignore_index=True)
    counts = counts_of(counted, coverage(), start=date(2023, 1, 1), end=END, subjects=tuple(many))
    everyone, some = (cells_of(counts, "week", start=START, end=END, judged=1, most=most) for most in (None, 2))
    assert some["subject"].unique().tolist() == ["theme:3", "theme:7"]
    expected = everyone[everyone["subject"].isin(["theme:3", "theme:7"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(some, expected)
    assert counts.all_stories(START, END) == everyone.drop_duplicates("period")["all_stories"].sum() == 900


NAMES = {"theme:memory": "Memory"}


def sent_by(figure: go.Figure) -> dict[str, Any]:
    sent = json.loads(to_json(figure, validate=False))
    return {
        "data": sent["data"],
        "layout": {name: value for name, value in sent["layout"].items() if name != "template"},
    }


@pytest.mark.parametrize("measure", ["share", "stories", "articles", "abnormal"])
def test_plotly_knows_every_property_of_the_charts_and_would_send_the_same(measure: str):
    drawn, down = cells(SOME), pd.DataFrame({"day": [pd.Timestamp("2026-01-05")], "sources": ["Readhub"]})
    prices = pd.DataFrame({"MU": [1.0, 2.0], "SPY": [3.0, np.nan]}, pd.DatetimeIndex(["2026-01-05", "2026-01-06"]))
    parts = pd.DataFrame({"period": drawn["period"], "part": "company:micron", "stories": drawn["stories"]})
    over = {"measure": measure, "grain": "week", "prices": prices, "price_name": "USD", "down": down}
    for figure in (
        attention_chart(drawn, subject="theme:memory", **over),
        stacked_chart(drawn, parts, subject="theme:memory", by="company", names={"company:micron": "Micron"}, **over),
        heat_chart(drawn, order=["theme:memory"], names={"theme:memory": "Memory"}, measure=measure, grain="week"),
        coverage_chart(coverage().tail(9), down=down),
        attention_lines(drawn, order=["theme:memory"], names=NAMES, measure=measure, grain="week", touch=False),
        level_lines(prices.rename(columns={"MU": "theme:memory"}), order=["theme:memory"], names=NAMES, touch=True),
        move_scatter(
            drawn.assign(move=0.01), order=["theme:memory"], names=NAMES, grain="week", return_name="move", touch=False
        ),
    ):
        sent = figure.to_plotly_json()
        assert sent_by(go.Figure(data=sent["data"], layout=sent["layout"])) == sent_by(figure)
        before = json.loads(to_json(figure, validate=False))
        assert figure.data and not vars(figure).keys() & {"_unparsed"}  # looked into: now it is plotly's
        assert json.loads(to_json(figure, validate=False)) == before
        assert sent_by(copy.deepcopy(figure)) == sent_by(figure)


def test_days_on_which_a_source_was_down_are_hatched():
    down = pd.DataFrame({"day": [pd.Timestamp("2026-01-05")], "sources": ["Readhub"]})
    figure = coverage_chart(coverage().tail(90), down=down)
    assert figure.data[0].marker.pattern.shape == "/"
    assert "Readhub" in figure.data[0].hovertext[0]


def test_a_long_line_is_thinned_and_keeps_its_last_point():
    line = pd.Series(np.arange(23_456.0))
    assert len(downsampled(line)) <= MOST_POINTS
    assert downsampled(line).iloc[-1] == 23_455


def test_a_basket_moves_as_its_level_does():
    days = pd.bdate_range("2026-01-01", periods=30)
    generator = np.random.default_rng(7)
    prices = pd.DataFrame(
        100 * np.exp(np.cumsum(generator.normal(0, 0.02, (30, 4)), axis=0)), days, ["A", "B", "C", "D"]
    )
    prices.iloc[:12, 3] = np.nan  # listed later
    prices.iloc[20, 1] = np.nan  # a holiday of its own
    day = date(2026, 1, 26)
    level = basket(prices, ["A", "B", "D"])["level"]
    expected = level.iloc[-1] / level[level.index < pd.Timestamp(day)].iloc[-1] - 1
    assert group_moves_since(prices, {"some": ["A", "B", "D", "X"]}, day) == {"some": pytest.approx(expected)}


def test_heat_is_warm_above_usual_and_cool_below():
    warm, cool, unknown = heat_colours([9.0, -9.0, float("nan")])
    assert warm == "rgba(214,106,24,0.95)"
    assert cool.startswith("rgba(58,124,196,0.95")
    assert unknown.endswith("0.06)")


def test_a_chart_drawn_outside_the_app_has_the_theme_s_colours():
    figure = attention_chart(cells(SOME), subject="theme:memory", measure="share", grain="week")
    dark = with_theme(figure, "dark").to_json()
    assert theme_colours("dark")[SERIES[0]].lower() in dark.lower()
    assert not any(stand_in in dark for stand_in in (*STAND_INS, INK))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_series_stands_out_from_the_page(theme: str):
    colours = theme_colours(theme)  # type: ignore[arg-type]
    for stand_in in STAND_INS:
        assert contrast(colours[stand_in], colours["page"]) >= 2.9, colours[stand_in]
    assert contrast(colours[INK], colours["page"]) >= 7


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_eight_series_can_be_told_apart_also_by_red_green_blind_eyes(theme: str):
    colours = [theme_colours(theme)[stand_in] for stand_in in SERIES]  # type: ignore[arg-type]
    worst = min(distance(*pair) for pair in itertools.combinations(colours, 2))
    print(f"{theme}: the closest two of eight colours are {worst:.3f} apart (OKLab; 0.02 can just be seen)")
    assert worst >= 0.07


# Machado, Oliveira, Fernandes 2009, full severity: what is left of linear RGB.
EYES = (
    np.eye(3),
    np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
)
CONES = np.array(
    [[0.41222147, 0.53633254, 0.05144599], [0.21190350, 0.68069955, 0.10739696], [0.08830246, 0.28171884, 0.62997870]]
)
LAB = np.array(
    [
        [0.21045426, 0.79361779, -0.00407205],
        [1.97799850, -2.42859221, 0.45059371],
        [0.02590404, 0.78277177, -0.80867577],
    ]
)


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of luminances."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def distance(one: str, other: str) -> float:
    """The smallest distance in OKLab over normal, protan and deutan eyes."""
    seen = [[LAB @ np.cbrt(CONES @ np.clip(eye @ linear(colour), 0, 1)) for colour in (one, other)] for eye in EYES]
    return min(float(np.linalg.norm(a - b)) for a, b in seen)
