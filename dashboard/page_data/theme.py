"""Theme: one theme's attention, by company or sub-theme, against its basket or chosen listings."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from analysis.baskets import basket_level, rebased
from dashboard.address.params import POINT, Param, choice
from dashboard.address.points import Point
from dashboard.cache.breakdown import load_parts
from dashboard.cache.prices import load_prices
from dashboard.formatting import count_words
from dashboard.page_data.attention import FIXED, PART, FixedPanelData, SubjectData, with_lines
from dashboard.page_data.page import Page
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, iso_day, line_rows, move_rows, newest_rows
from dashboard.page_data.subjects import BASKET, SPLITS, main_tickers, theme_companies, theme_tickers
from data.catalog.records import Catalog
from data.read.attention import Kind

MOST_PARTS = 7
"""Parts with a colour of their own; the others are drawn as one."""
NONE_MENTIONED = "none mentioned"
ADDITIVE_MEASURES = ("share", "stories")
"""The measures that are sums of their parts."""


class ThemeSubject(SubjectData):
    def subject_key(self) -> str:
        return f"theme:{self.request.get('theme', next(iter(self.catalog.themes)))}"


class ThemeData(ThemeSubject):
    companies_title = "Companies"
    companies_note = "Each story counts once, under the company that it is most about."

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.split: Kind = "subtheme" if request.get("split") == "subtheme" else "company"
        self.has_parts = request.view.measure in ADDITIVE_MEASURES  # drawn as a stack of parts
        self.against = request.get_all("against", (BASKET,))  # BASKET, tickers
        # The basket's listings: those that an older link names, else those of the catalog as of the revision.
        basket = list(request.get_all("basket"))
        self.members = basket or theme_tickers(self.catalog).get(self.subject, [])
        self.drawn_tickers = sorted({*(self.members if BASKET in self.against else ()), *self.against} - {BASKET})
        self.themes = [self.subject.partition(":")[2]] if BASKET in self.against and not basket else []

    @property
    def tickers(self) -> list[str]:
        parts = {part for part, _ in self.part_totals["company"]}
        return sorted({*self.drawn_tickers, *main_tickers(self.catalog, parts).values()})

    @property
    def companies(self) -> list[str]:
        members = [key for theme in self.themes for key in theme_companies(self.catalog, theme)]
        return [*members, *(part for part, _ in self.part_totals["company"])]

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Index session; the basket's level first, then each chosen listing: 100 on its first session."""
        request = self.request
        prices = load_prices(request.url, self.drawn_tickers, request.view.start, request.view.end, request.rev)
        chosen = rebased(prices[[ticker for ticker in self.against if ticker in prices]])
        if BASKET not in self.against or prices.empty:
            return chosen
        return pd.concat([basket_level(prices, self.members).rename(BASKET), chosen], axis=1, sort=True)

    @property
    def named_lines(self) -> pd.DataFrame:
        """The same by the names in the legend."""
        return self.lines.rename(columns={BASKET: f"{self.catalog.subject_name(self.subject)} basket"})

    @cached_property
    def parts(self) -> pd.DataFrame:
        """Columns period, part, stories: each story once, under the company or sub-theme that it is most about."""
        request = self.request
        return load_parts(request.url, self.subject, request.filters, self.split, request.grain)

    @cached_property
    def part_names(self) -> dict[str, str]:
        """Part → name, in the order of the stack."""
        return stack_names(part_totals(self.parts), self.catalog)

    @cached_property
    def part_totals(self) -> dict[str, list[tuple[str, int]]]:
        """
        The company and sub-theme tables: each part with its stories in the dates shown, most first; "" is no part.
        """
        url, filters, grain = self.request.url, self.request.filters, self.request.grain
        return {by: part_totals(load_parts(url, self.subject, filters, by, grain)) for by in SPLITS}

    @cached_property
    def moves(self) -> dict[str, float]:
        """Company key → price move, for the companies in the table."""
        return self.company_moves(part for part, _ in self.company_counts)

    @property
    def company_counts(self) -> list[tuple[str, int]]:
        """The companies of the table with their stories, most first."""
        return [(part, stories) for part, stories in self.part_totals["company"] if part]

    @cached_property
    def rows(self) -> list[Row]:
        parts = [
            {"chart": "parts", "period": iso_day(part.period), "part": part.part, "stories": int(part.stories)}
            for part in (self.parts.itertuples() if self.has_parts else ())
        ]
        totals = [
            {"chart": by, "part": part, "stories": stories}
            for by in SPLITS
            for part, stories in sorted(self.part_totals[by])
        ]
        tables = totals + move_rows(self.moves) + newest_rows(self.newest)
        return self.attention_rows() + parts + line_rows(self.lines) + tables

    def table(self) -> pd.DataFrame:
        """The chart's numbers for a file: a row per bar of the stack, or per period, then the price lines."""
        if not self.has_parts:
            return super().table()
        return with_lines(parts_table(self.cells, self.parts, self.part_names), self.named_lines)


class ThemeFixedPanel(ThemeSubject, FixedPanelData):
    """The part `fixed` of the page."""


def part_totals(parts: pd.DataFrame) -> list[tuple[str, int]]:
    """Each part with its stories (columns part, stories), most first."""
    totals: dict[str, int] = {}
    for part, stories in zip(parts["part"].tolist(), parts["stories"].tolist(), strict=True):
        totals[part] = totals.get(part, 0) + stories
    return sorted(totals.items(), key=lambda total: (-total[1], total[0]))


def stack_names(totals: list[tuple[str, int]], catalog: Catalog) -> dict[str, str]:
    """
    Part → name, in the order of the stack: the largest first, then the rest as one, then stories without any part.
    """
    mentioned = [part for part, _ in totals if part]
    names = {part: catalog.subject_name(part) for part in mentioned[:MOST_PARTS]}
    if len(mentioned) > MOST_PARTS:
        names[Point.OTHER] = count_words(len(mentioned) - MOST_PARTS, "other", "others")
    if len(mentioned) < len(totals):
        names[""] = NONE_MENTIONED
    return names


def with_others_as_one(parts: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The parts, those without a colour of their own added up under Point.OTHER."""
    part = parts["part"].where(parts["part"].isin(names) | (parts["part"] == ""), Point.OTHER)
    return parts.assign(part=part).groupby(["period", "part"], as_index=False)["stories"].sum()


def coloured_parts(names: dict[str, str]) -> tuple[str, ...]:
    """The parts with a colour of their own."""
    return tuple(part for part in names if part and part != Point.OTHER)


def parts_table(periods: pd.DataFrame, parts: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """
    A row per bar of the stack: period, part, name, stories, share (of all stories), subject_stories, all_stories.

    A period without a story of the subject is a row without one, for its denominator.
    """
    totals = periods.rename(columns={"stories": "subject_stories"})[["period", "subject_stories", "all_stories"]]
    table = with_others_as_one(parts, names).merge(totals, on="period", how="right")
    table = table.assign(part=table["part"].fillna(""), stories=table["stories"].fillna(0).astype("int64"))
    shares = (table["stories"] / table["all_stories"]).where(table["all_stories"] > 0)
    table = table.assign(name=table["part"].map({"": NONE_MENTIONED} | names), share=shares)
    order = {part: position for position, part in enumerate([*names, *({""} - set(names))])}
    table = table.sort_values(
        ["period", "part"], key=lambda column: column.map(order) if column.name == "part" else column
    )
    columns = ["period", "part", "name", "stories", "share", "subject_stories", "all_stories"]
    return table[columns].reset_index(drop=True)


PAGE = Page(
    name="theme",
    title="Theme",
    purpose="One theme's attention over time, by company or sub-theme, against its basket or chosen listings.",
    params={
        "theme": Param(),
        "split": choice(SPLITS),
        "against": Param(many=True),
        "part": PART,
        "basket": Param(many=True),  # in older proof links: the basket's listings when the link was made
        "point": POINT,
    },
    data=ThemeData,
    parts={FIXED: ThemeFixedPanel},
    has_grain=True,
    has_measure=True,
    is_quick=True,
)
