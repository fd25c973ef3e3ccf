"""Articles: full-text search over everything stored, with the evidence of each link."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property

import pandas as pd

from dashboard.address.params import Param, read_number
from dashboard.cache.stories import load_search
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, iso_day
from data.read.article_changes import article_changes

ARTICLES_PER_PAGE = 25
MOST_EXPORTED = 10_000
MOST_HASHED = 1_000


class ArticlesData(PageData):
    unit = ("article", "articles")

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.about = request.get_all("about")  # the subjects that the articles must mention; () for all articles
        self.filters = replace(request.filters, q=str(request.get("q", "")))

    @cached_property
    def total(self) -> int:
        return load_search(self.request.url, self.filters, self.about, ARTICLES_PER_PAGE, 0)[1]

    @property
    def page_total(self) -> int:
        return max(-(-self.total // ARTICLES_PER_PAGE), 1)

    @property
    def page_number(self) -> int:
        """The page of results that is shown, from 1."""
        return min(max(int(self.request.get("page", 1)), 1), self.page_total)

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The articles of that page, newest first."""
        return load_search(
            self.request.url, self.filters, self.about, ARTICLES_PER_PAGE, (self.page_number - 1) * ARTICLES_PER_PAGE
        )[0]

    def table(self) -> pd.DataFrame:
        """The newest articles that match, for a file."""
        articles, _ = load_search(self.request.url, self.filters, self.about, MOST_EXPORTED, 0)
        columns = ["day", "at", "publisher", "lang", "title", "summary", "url", "date_quality", "first_seen_at"]
        return articles[[*columns, "story", "article"]]

    @cached_property
    def rows(self) -> list[Row]:
        articles, total = load_search(self.request.url, self.filters, self.about, MOST_HASHED, 0)
        keys = {"chart": "articles"}
        rows = [
            keys | {"article": int(row.article), "day": iso_day(row.day), "url": row.url, "title": row.title}
            for row in articles.itertuples()
        ]
        return [{"chart": "total", "articles": int(total)}, *rows]

    def changes(self, newest: int) -> tuple[int, int, Counter[tuple[str, str]]]:
        """How many articles match at this revision and at the newest, and the causes of the difference."""
        now = replace(self.filters, rev=newest)
        then, later, causes = article_changes(self.request.store, self.about, now, since=self.request.rev)
        return then, later, Counter(causes)


PAGE = Page(
    name="articles",
    title="Articles",
    purpose="Search all articles; each shows the words that linked it to a company or theme.",
    params={"q": Param(), "about": Param(many=True), "page": Param(read=read_number, expects="a page's number")},
    data=ArticlesData,
    is_quick=True,
)
