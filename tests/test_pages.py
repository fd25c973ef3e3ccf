"""The pages, run without a browser: what they count is what they list, and what they say when there is nothing."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from two_years import LAST, fill

from builders import NOW, article, linked, save
from dashboard.components.evidence import highlighted, merge_spans
from dashboard.exports.export import file_name, not_a_formula
from dashboard.formatting import escape_markdown, safe_href
from data.catalog import load_catalog
from data.prices import save_prices
from data.records import Bar
from data.schema.store import open_store
from data.source_state import FetchAttempt, SourceState, record_fetch

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "store.db"
    fill(path)
    return path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, filled: Path) -> AppTest:
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{filled}")
    return AppTest.from_file(str(APP), default_timeout=90)


def page(app: AppTest, name: str, **query: str | list[str]) -> AppTest:
    """The page with these values in its address."""
    if name != "overview":
        app.run()
        app.switch_page(f"views/{name}.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def figure(app: AppTest, number: int = 0) -> dict[str, list[dict[str, object]]]:
    return json.loads(app.get("plotly_chart")[number].proto.spec)


def html_of(app: AppTest) -> str:
    return "\n".join(part.proto.body for part in app.get("html"))


def receipts_of(app: AppTest) -> int:
    """How many rows the list of receipts says that it has."""
    (head,) = [body for body in html_of(app).split("<h3")[1:] if "cp-receipts-head" in body]
    return int(head.partition('data-count="')[2].partition('"')[0])


@pytest.mark.parametrize("name", ["overview", "theme", "company", "articles", "sources"])
@pytest.mark.parametrize("measure", ["share", "abnormal"])
def test_every_page_opens(opened: AppTest, name: str, measure: str):
    page(opened, name, measure=measure, grain="month")


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_each_bar_of_a_theme_counts_the_stories_that_it_lists(opened: AppTest, grain: str):
    app = page(opened, "theme", theme="memory", measure="stories", grain=grain)
    bars = [trace for trace in figure(app)["data"] if trace["type"] == "bar"]
    checked = 0
    for trace in bars:
        heights = numbers(trace["y"])
        for at in (0, len(heights) // 2, len(heights) - 1):
            app.query_params["point"] = f"attention.{trace['customdata'][at]}"  # type: ignore[index]
            app.run()
            assert receipts_of(app) == heights[at]
            checked += 1
    assert checked >= 6


def test_a_company_s_bar_counts_what_it_lists_also_through_filters(opened: AppTest):
    app = page(opened, "company", company="micron", measure="articles", publisher=["site1.com"], relevance="50")
    (bars,) = [trace for trace in figure(app)["data"] if trace["type"] == "bar"]
    heights = numbers(bars["y"])
    busiest = max(range(len(heights)), key=heights.__getitem__)
    app.query_params["point"] = f"attention.{bars['customdata'][busiest]}"  # type: ignore[index]
    app.run()
    assert receipts_of(app) == heights[busiest] > 0


def numbers(encoded: object) -> list[float]:
    """Plotly sends numbers as a list or as base64."""
    if isinstance(encoded, list):
        return encoded
    return np.frombuffer(base64.b64decode(encoded["bdata"]), encoded["dtype"]).tolist()  # type: ignore[index, no-any-return]


def test_a_chart_says_what_it_shows_with_unit_n_source_and_last_day(opened: AppTest):
    app = page(opened, "theme", theme="memory")
    said = html_of(app)
    assert "Memory: share of voice by company, each week against prices" in said
    assert "% of all stories · n = " in said
    assert "your store, stories to 30 Jun 2026, prices to 26 Jun 2026" in said


def test_a_store_of_one_s_own_is_not_called_a_sample(opened: AppTest):
    assert "Sample data" not in html_of(page(opened, "overview"))


def test_titles_cannot_become_markup(opened: AppTest):
    app = page(opened, "articles")
    said = html_of(app)
    assert "<script>" not in said
    assert "<img" not in said
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in said


def test_words_that_nobody_wrote_are_answered_in_words(opened: AppTest):
    app = page(opened, "articles", q="zyzzyva")
    assert "No article matches" in app.info[0].value.replace("\\", "")


def test_a_theme_that_nobody_spoke_of_is_answered_in_words(opened: AppTest):
    app = page(opened, "theme", theme="space")
    assert "is about Space compute" in app.info[0].value.replace("\\", "")


def test_a_private_company_has_its_attention_without_a_price(opened: AppTest):
    assert "private: no listing" in html_of(page(opened, "company", company="openai"))


def test_what_a_link_gets_wrong_is_said_and_the_rest_is_shown(opened: AppTest):
    app = page(opened, "overview", grain="year", bogus="1", measure="stories")
    assert any("day, week, month" in text.value and "bogus" in text.value for text in app.text)
    assert app.selectbox(key="measure").value == "stories"


def test_a_link_fills_the_controls_and_a_changed_control_the_link(opened: AppTest):
    app = page(opened, "company", company="nvidia", grain="day", **{"from": "2026-01-05", "to": "2026-03-06"})
    assert app.selectbox(key="company").value == "nvidia"
    assert (app.date_input(key="from").value, app.date_input(key="to").value) == (date(2026, 1, 5), date(2026, 3, 6))
    app.selectbox(key="company").set_value("micron").run()
    assert app.query_params["company"] in ("micron", ["micron"])
    assert app.query_params["grain"] in ("day", ["day"])


@pytest.mark.parametrize("name", ["overview", "theme", "company", "articles"])
def test_an_empty_store_greets_with_first_steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str):
    open_store(tmp_path / "empty.db").close()
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path}/empty.db")
    app = page(AppTest.from_file(str(APP), default_timeout=90), name)
    (said,) = [info.value for info in app.info]
    for step in ("python -m ingest file", "python -m ingest update", "(/sources", "without `CHOKEPOINT_DB`"):
        assert step in said


def test_a_store_of_prices_only_shows_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    bars = [
        Bar(
            ticker="NVDA",
            session=date(2026, 5, 4 + n),
            open=None,
            high=None,
            low=None,
            close=9 + n,
            volume=None,
            currency="USD",
        )
        for n in range(3)
    ]
    with open_store(tmp_path / "prices.db") as store:
        save_prices(store, bars, provider="csv", now=NOW, catalog_hash="c0ffee")
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path}/prices.db")
    app = page(AppTest.from_file(str(APP), default_timeout=90), "company", company="nvidia")
    assert "prices of 1 listing, to 6 May 2026" in app.markdown[0].value.replace("\\", "")
    (line,) = [trace for trace in figure(app)["data"] if trace["type"] == "scatter"]
    assert numbers(line["y"]) == [9, 10, 11]
    assert "your store, no story yet, prices to 6 May 2026" in html_of(app)


def test_the_sample_says_that_it_is_one_on_every_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with open_store(tmp_path / "sample.db", kind="sample") as store:
        save(store, linked(article(at=LAST), "company:micron", "theme:memory"))
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path}/sample.db")
    for name in ("overview", "theme", "company", "articles", "sources"):
        app = page(AppTest.from_file(str(APP), default_timeout=90), name)
        assert "Sample data" in html_of(app), name


@pytest.mark.parametrize(
    ("name", "chosen"), [("theme", {"theme": "memory"}), ("company", {"company": "micron"}), ("sources", {})]
)
def test_a_day_without_a_source_is_marked_and_not_taken_for_one_without_news(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, chosen: dict[str, str]
):
    with open_store(tmp_path / "store.db") as store:
        save(store, *(linked(article(f"Micron {n}", at=LAST - timedelta(days=n)), "company:micron", "theme:memory",
        story=-1 - n)
                      for n in (0, 5)))  # fmt: skip
        failed = FetchAttempt(
            source="wire", at=LAST - timedelta(days=3), outcome="failed", sentence="wire did not answer"
        )
        record_fetch(store, failed, SourceState(source="wire", failures=1))
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path}/store.db")
    app = page(AppTest.from_file(str(APP), default_timeout=90), name, **chosen)
    (down,) = [trace for trace in figure(app)["data"] if trace["name"] == "A source was down"]
    assert "down: wire" in str(down["hovertext"]) and "27 Jun 2026" in str(down["hovertext"])


def test_receipts_say_how_many_independent_publishers_tell_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    told = [
        ("reuters.com", -1),
        ("cn.reuters.com", -1),
        ("路透社", -1),
        ("apnews.com", -2),
        ("tiny.example", -3),
        ("reuters.com", -3),
    ]
    with open_store(tmp_path / "store.db") as store:
        items = [
            article(f"Micron {n}", url=f"https://{n}.example", at=LAST, publisher=who)
            for n, (who, _) in enumerate(told)
        ]
        save(
            store, *(linked(item, "company:micron", story=story) for item, (_, story) in zip(items, told, strict=True))
        )
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path}/store.db")
    app = page(
        AppTest.from_file(str(APP), default_timeout=90),
        "company",
        company="micron",
        point="attention.company:micron~window",
    )
    assert "6 articles · 3 stories · 3 independent publishers" in html_of(app)
    assert "3 articles · 1 independent publisher<" in html_of(app)


def test_marks_are_where_the_mentions_are_and_overlaps_become_one():
    text = "Micron sells <HBM4> memory"
    spans = [
        (0, 6, "company:micron"),
        (14, 18, "theme:memory"),
        (14, 26, "subtheme:memory.hbm"),
        (90, 99, "theme:memory"),
    ]
    assert [(mark.start, mark.end) for mark in merge_spans(spans, len(text))] == [(0, 6), (14, 26)]
    html = highlighted(text, spans, load_catalog())
    first, second = (
        '<mark title="Micron Technology">Micron</mark>',
        '<mark title="Memory, Memory: HBM">HBM4&gt; memory</mark>',
    )
    assert html == f"{first} sells &lt;{second}"


def test_a_receipt_without_a_web_address_has_no_link():
    assert safe_href("javascript:alert(1)") == ""
    assert safe_href('https://x/"><script>') == ""
    assert safe_href("https://example.com/a?b=1&c=2") == "https://example.com/a?b=1&amp;c=2"


def test_stored_text_means_itself_in_markdown():
    assert escape_markdown("**a** [b](c) :red[d] $e$\n# f") == r"\*\*a\*\* \[b\]\(c\) \:red\[d\] \$e\$ \# f"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "|calc"])
def test_no_cell_of_an_export_can_be_a_formula(text: str):
    assert not_a_formula(text).startswith("'")


def test_a_file_s_name_says_what_is_inside():
    name = file_name("AI labs: share of voice", date(2026, 1, 1), date(2026, 6, 30), "csv")
    assert name == "chokepoint-ai-labs-share-of-voice-20260101-20260630.csv"
