"""Sources: how many stories arrived on each day, the state of each source, and its last error."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import urlsplit, urlunsplit

import pandas as pd

from dashboard.address.params import POINT
from dashboard.cache.counts import load_coverage, load_down_days, load_source_states
from dashboard.formatting import count_words, moment_words
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.rows import Row, iso_day
from data.catalog.records import Source
from data.schema.store import default_url, store_exists


class SourcesData(PageData):
    @property
    def live_url(self) -> str:
        """The user's own store: the sample has no sources."""
        return default_url() if store_exists(default_url()) else self.request.url

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """Columns day, stories, articles: all stories, on the days that have any."""
        return load_coverage(self.request.url, self.request.filters)

    @cached_property
    def days(self) -> pd.DataFrame:
        """The same for every day of the dates shown."""
        view = self.request.view
        days = pd.DataFrame({"day": pd.date_range(view.start, view.end)}).merge(self.coverage, on="day", how="left")
        return days.fillna({"stories": 0, "articles": 0}).astype({"stories": "int64", "articles": "int64"})

    @property
    def empty_days(self) -> int:
        return int((self.days["stories"] == 0).sum())

    @cached_property
    def down_days(self) -> pd.DataFrame:
        """Columns day, sources: the days on which a source was down."""
        return load_down_days(self.live_url, self.request.view.start, self.request.view.end)

    @cached_property
    def rows(self) -> list[Row]:
        """The counts. Not the sources' states, which belong to no revision."""
        return [
            {"chart": "coverage", "day": iso_day(row.day), "stories": int(row.stories), "articles": int(row.articles)}
            for row in self.coverage.itertuples()
        ]

    def paused(self) -> dict[str, str]:
        """The names of the sources that are paused, by their id."""
        states = load_source_states(self.live_url)
        idents = states.loc[states["paused"].astype(bool), "source"]
        return {ident: self.catalog.sources[ident].name for ident in idents if ident in self.catalog.sources}

    def states(self) -> pd.DataFrame:
        """One row a source of the catalog, as of now: Source, State, Last good, Last error, Every, Format, Address."""
        states = {row["source"]: row for row in load_source_states(self.live_url).to_dict("records")}
        rows = [
            {
                "Source": source.name,
                "State": state_words(source, states.get(ident)),
                "Last good": moment_words(states[ident]["last_ok_at"]) if ident in states else "never",
                "Last error": states[ident]["last_error"] if ident in states else "",
                "Every": f"{source.every_minutes} min",
                "Format": source.format,
                "Address": without_password(source.url),
            }
            for ident, source in self.catalog.sources.items()
        ]
        return pd.DataFrame(rows)


def without_password(url: str) -> str:
    """An address without the user name and password that it may carry."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def state_words(source: Source, state: dict[str, object] | None) -> str:
    """A source's state in a few words."""
    if not source.enabled:
        return f"off: {source.reason}" if source.reason else "off"
    if state is None:
        return "not fetched yet"
    if state["paused"]:
        return "paused: the feed reported that it is gone (410)"
    return f"failed {count_words(int(str(state['failures'])), 'time')} in a row" if state["failures"] else "OK"


PAGE = Page(
    name="sources",
    title="Sources",
    purpose="The state of each source, its last error, how many stories arrived on each day; and the update.",
    params={"point": POINT},
    data=SourcesData,
)
