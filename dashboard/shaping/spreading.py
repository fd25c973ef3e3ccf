"""
Does a shock go on to suppliers and customers? The catalog's relations as tickers, who was named together, and the answer in words.

    relations ┐
    shocks    ├ analysis.shock → by degree and window → sentence, chart
    stories   ┘
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from analysis.sessions import session_of
from analysis.shock import Shock
from dashboard.formatting import count_words, signed
from dashboard.shaping.networking import relations_until
from dashboard.shaping.signals import HOME
from data.catalog.records import Catalog

ALL = "all"
BELIEVED = 0.05
DEGREES = {1: "Suppliers and customers", 2: "Their suppliers and customers"}


def relation_choices(catalog: Catalog, until: date) -> dict[str, str]:
    """What the control offers: all relations that were reported by then, and each one whose both ends are listed."""
    known = listed_relations(catalog, until)
    names = {ticker: company.name for ticker, company in catalog.company_of_ticker.items()}
    each = {
        f"{row.supplier}>{row.customer}": f"{names[row.supplier]} → {names[row.customer]}" for row in known.itertuples()
    }
    return {
        ALL: f"all {count_words(len(known), 'relation')}",
        **dict(sorted(each.items(), key=lambda item: item[1].lower())),
    }


def listed_relations(catalog: Catalog, until: date, chosen: str = ALL) -> pd.DataFrame:
    """Columns supplier, customer: main listings; only the chosen one where one is chosen."""
    pairs = [
        (catalog.companies[relation.supplier].ticker, catalog.companies[relation.customer].ticker)
        for relation in relations_until(catalog, until)
    ]
    known = {pair for pair in pairs if all(pair) and chosen in (ALL, f"{pair[0]}>{pair[1]}")}
    return pd.DataFrame(sorted(known), columns=["supplier", "customer"], dtype=object)


def named_together(stories: pd.DataFrame, times: pd.DataFrame, tickers: Mapping[str, str]) -> pd.DataFrame:
    """Columns session, ticker, neighbour: each two companies that a story names, on the session in which it was known.

    stories: story, subject; times: story, available_at (those without a time of day count on their day's session)."""
    named = stories[stories["subject"].isin(list(tickers))]
    named = named.assign(ticker=named["subject"].map(tickers))[["story", "ticker"]]
    both = named.merge(named.rename(columns={"ticker": "neighbour"}), on="story")
    both = both[both["ticker"] < both["neighbour"]].merge(times, on="story")
    moments = both["available_at"].fillna(both["day"].dt.tz_localize("UTC"))
    sessions = session_of(moments, HOME, kind="reaction") if len(both) else pd.DatetimeIndex([])
    return both.assign(session=sessions)[["session", "ticker", "neighbour"]].dropna().drop_duplicates(ignore_index=True)


def spread_kind(found: Shock) -> str:
    """The head of the answer."""
    believed = found.results[found.results["passed_p_adjusted"] <= BELIEVED]
    if believed.empty:
        return "Cannot tell whether it spreads"
    return (
        "It spreads to suppliers and customers"
        if (believed["degree"] == 1).any()
        else "It shows at the second degree only"
    )


def spread_sentence(found: Shock) -> str:
    """Each degree and window: how much is passed on, how sure that is, and on how much it rests."""
    left_out = int(found.pairs["same_article"].sum())
    words = " ".join(_said(row) for row in found.results.to_dict("records"))
    return f"{words} {count_words(left_out, 'pair')} left out: the same article named both." if left_out else words


def _said(row: Mapping[str, object]) -> str:
    who = f"{DEGREES[int(str(row['degree']))]}, {row['window']}"
    n = f"{count_words(int(str(row['n_pairs'])), 'pair')} on {count_words(int(str(row['n_dates'])), 'date')}"
    passed, low, high, p = (
        float(str(row[name])) for name in ("passed", "passed_low", "passed_high", "passed_p_adjusted")
    )
    if np.isnan(passed):
        return f"{who}: cannot tell from {n}; it takes ten dates."
    size = f"{signed(passed, 2)}% for each 1% of the company's own move, likely between {signed(low, 2)} and {signed(high, 2)} ({n})"
    return f"{who}: {size}." if p <= BELIEVED else f"{who}: cannot tell, {size}."
