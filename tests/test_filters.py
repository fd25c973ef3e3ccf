"""Views in links: typed, held within bounds, spelled out, and the same after a round trip."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.address.params import GRAINS, MEASURES, read_values
from dashboard.address.points import Point, read_point
from dashboard.address.view import (
    RANGES,
    Bounds,
    View,
    clamp,
    clamp_values,
    matching_range,
    page_query,
    params_to_write,
    range_dates,
    read_view,
    view_params,
)
from dashboard.cache.stores import ShownStore
from dashboard.components.frame import Frame
from dashboard.page_data import PAGES
from dashboard.page_data.links import live_link

BOUNDS = Bounds(first_day=date(2024, 1, 2), last_day=date(2026, 8, 21), newest=40)
DAYS = st.dates(date(2024, 1, 2), date(2026, 8, 21))
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=30)
VIEWS = st.builds(
    lambda ends, **values: View(start=min(ends), end=max(ends), **values),
    st.tuples(DAYS, DAYS),
    grain=st.sampled_from(sorted(GRAINS)),
    measure=st.sampled_from(sorted(MEASURES)),
    publishers=st.lists(TEXTS, max_size=4, unique=True).map(tuple),
    langs=st.lists(st.sampled_from(["en", "zh", "ko"]), max_size=3, unique=True).map(tuple),
    min_relevance=st.integers(0, 100),
    rev=st.integers(0, 40),
)


def test_a_bare_link_shows_the_last_year_of_the_store_by_week_as_share_of_voice():
    view = read_view({}, BOUNDS)
    assert (view.start, view.end) == (date(2025, 8, 22), date(2026, 8, 21))
    assert (view.grain, view.measure, view.rev) == ("week", "share", 0)


def test_a_young_store_is_shown_from_its_first_day():
    young = Bounds(first_day=date(2026, 8, 1), last_day=date(2026, 8, 21), newest=1)
    assert read_view({}, young).start == date(2026, 8, 1)


@given(VIEWS)
def test_a_shared_link_opens_the_same_view(view: View):
    query = parse_qs(
        urlsplit(
            live_link("http://host:8501/theme", "theme", view, {"theme": "memory", "against": ("basket", "MU")})
        ).query
    )
    values, ignored = read_values(PAGES["theme"].params, query)
    assert ignored == []
    assert read_view(values, BOUNDS) == view
    assert (values["theme"], values["against"]) == ("memory", ("basket", "MU"))


@given(VIEWS)
def test_a_shared_link_leaves_nothing_to_a_default(view: View):
    names = {name for name, _ in view_params(view)}
    assert {"from", "to", "grain", "measure", "relevance"} <= names


@given(VIEWS)
def test_the_address_bar_says_what_differs_and_reads_back_as_the_same_view(view: View):
    address = params_to_write(view, BOUNDS.default_view, {}, {})
    assert read_view(read_values(PAGES["overview"].params, address)[0], BOUNDS) == view
    assert params_to_write(BOUNDS.default_view, BOUNDS.default_view, {}, {}) == {}


def test_an_emptied_list_stays_empty_where_the_default_is_not():
    address = params_to_write(BOUNDS.default_view, BOUNDS.default_view, {"against": ()}, {"against": ("basket",)})
    values, ignored = read_values(PAGES["theme"].params, address)
    assert (values["against"], ignored) == ((), [])


NAMES = st.sampled_from(["from", "to", "grain", "measure", "publisher", "lang", "relevance", "rev", "x"])


@given(st.dictionaries(NAMES, st.lists(st.text(max_size=40), max_size=4)))
def test_whatever_a_link_says_the_view_is_one_that_the_store_can_show(query: dict[str, list[str]]):
    view = read_view(read_values(PAGES["overview"].params, query)[0], BOUNDS)
    assert BOUNDS.first_day <= view.start <= view.end <= BOUNDS.last_day
    assert view.grain in GRAINS
    assert view.measure in MEASURES
    assert 0 <= view.min_relevance <= 100
    assert 0 <= view.rev <= BOUNDS.newest


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("from", "2026-13-01", "a date"),
        ("grain", "year", "day, week, month"),
        ("measure", "<script>", "share, stories"),
        ("relevance", "-1", "whole number"),
        ("bogus", "1", "not a parameter"),
    ],
)
def test_what_cannot_be_read_is_ignored_with_a_word(name: str, text: str, says: str):
    values, ignored = read_values(PAGES["overview"].params, {name: [text]})
    assert values == {}
    assert says in ignored[0]


def test_values_outside_the_store_are_moved_inside_with_a_word():
    values, moved = clamp_values({"from": date(2019, 1, 1), "relevance": 500, "rev": 99}, BOUNDS)
    assert (values["from"], values["relevance"], values["rev"]) == (date(2024, 1, 2), 100, 0)
    assert len(moved) == 3
    assert "2024-01-02" in moved[0]


def test_dates_the_wrong_way_round_are_turned():
    turned = clamp(View(start=date(2026, 3, 1), end=date(2026, 1, 1)), BOUNDS)
    assert (turned.start, turned.end) == (date(2026, 1, 1), date(2026, 3, 1))


def test_only_a_revision_that_was_written_is_shown():
    assert clamp(View(start=BOUNDS.first_day, end=BOUNDS.last_day, rev=12), BOUNDS).rev == 12
    assert clamp(View(start=BOUNDS.first_day, end=BOUNDS.last_day, rev=41), BOUNDS).rev == 0


@pytest.mark.parametrize("name", RANGES)
def test_a_quick_range_ends_on_the_last_day_and_is_recognised(name: str):
    start, end = range_dates(name, BOUNDS)
    assert end == BOUNDS.last_day
    assert matching_range(View(start=start, end=end), BOUNDS) == name
    assert matching_range(View(start=start + timedelta(days=1), end=end), BOUNDS) is None


@pytest.mark.parametrize(
    "point",
    [
        Point(subject="theme:memory", period=date(2026, 1, 5)),
        Point(subject=""),
        Point(subject="theme:ai_labs", period=date(2026, 1, 1), part="company:sk-hynix"),
        Point(subject="theme:memory", part="subtheme:memory.hbm", by="subtheme"),
        Point(subject="theme:memory", period=date(2026, 1, 5), part=""),
        Point(subject="company:micron", part=Point.OTHER, by="also"),
    ],
)
def test_a_point_survives_its_link(point: Point):
    assert read_point(str(point)) == point


@given(st.text(max_size=60))
def test_no_text_that_is_not_a_point_is_taken_for_one(text: str):
    point = read_point(text)
    assert point is None or str(point) == text


def test_every_page_has_an_address_whatever_its_own_values_are_called():
    shown = ShownStore(url="", kind="live", bounds=BOUNDS)
    nowhere = cast(Any, None)
    frame = Frame(
        shown=shown,
        catalog=nowhere,
        view=BOUNDS.default_view,
        page="theme",
        touch=False,
        place=nowhere,
        share_place=nowhere,
    )
    assert frame.path("overview") == "/"
    assert frame.path("overview", point="theme.x") == "/?point=theme.x"
    assert frame.path("articles", q="HBM", page=3) == "/articles?q=HBM&page=3"


def test_a_page_s_own_values_are_spelled_for_an_address_without_the_empty_ones():
    assert page_query(
        {"theme": "ai_labs", "about": ("company:tsmc", "theme:memory"), "q": "", "around": None, "page": 2}
    ) == ("theme=ai_labs&about=company%3Atsmc&about=theme%3Amemory&page=2")
