"""
Subjects side by side: their prices as levels, and what each did in the periods in which it was talked about.

    prices → a level a subject (main listing or basket) → its move over each period ─┬─ scatter
                                          cells: attention of each in each period ───┘
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.attention import Grain, period_of
from analysis.baskets import basket_levels, rebased
from dashboard.shaping.members import main_tickers, theme_tickers
from data.catalog.records import Catalog

MOST_SUBJECTS = 8
FIRST_SUBJECTS = ("theme:memory", "theme:optics", "theme:power", "theme:space")


def tickers_of_subjects(catalog: Catalog, subjects: Sequence[str]) -> dict[str, list[str]]:
    """Subject → the listings that stand for it: a company's main one, all of a theme's basket; [] for a private company."""
    themes, companies = theme_tickers(catalog), main_tickers(catalog, list(subjects))
    return {key: [companies[key]] if key in companies else themes.get(key, []) for key in subjects}


def subject_levels(prices: pd.DataFrame, tickers: dict[str, list[str]]) -> pd.DataFrame:
    """Index session, a column a subject that has prices: 100 on its first session."""
    known = {key: own for key, listed in tickers.items() if (own := [ticker for ticker in listed if ticker in prices])}
    themes = {key: own for key, own in known.items() if not key.startswith("company:")}
    companies = {key: own[0] for key, own in known.items() if key not in themes}
    levels = basket_levels(prices, themes)
    if not companies:
        return levels.dropna(how="all")
    own = rebased(prices[list(dict.fromkeys(companies.values()))])
    return levels.assign(**{key: own[ticker] for key, ticker in companies.items()})[list(known)]


def period_moves(levels: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    """Index period, a column a subject: the last level in each period over the last one before it, less 1."""
    if levels.empty:
        return pd.DataFrame(columns=levels.columns)
    periods, values = period_of(pd.DatetimeIndex(levels.index), grain), levels.to_numpy(dtype=float)
    begins = np.flatnonzero(np.append(True, periods[1:] != periods[:-1]))
    # The row of the last level of each period, and of the last one before it; −1 where there is none.
    last = np.maximum.reduceat(np.where(np.isnan(values), -1, np.arange(len(values))[:, None]), begins, axis=0)
    before = np.vstack([np.full((1, values.shape[1]), -1), np.maximum.accumulate(last)[:-1]])
    close, close_before = (
        np.where(row < 0, np.nan, np.take_along_axis(values, row.clip(0), axis=0)) for row in (last, before)
    )
    return pd.DataFrame(close / close_before - 1, periods[begins], levels.columns)


def moves_beyond(moves: pd.DataFrame, benchmark: pd.Series) -> pd.DataFrame:
    """The moves less the benchmark's in the same period."""
    return moves.sub(benchmark.reindex(moves.index), axis=0)


def attention_and_moves(cells: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """Columns subject, period, stories, abnormal, move: a row a whole period in which both are known."""
    kept = cells.loc[cells["complete"] & cells["abnormal"].notna(), ["subject", "period", "stories", "abnormal"]]
    row, column = moves.index.get_indexer(kept["period"]), moves.columns.get_indexer(kept["subject"])
    known = (row >= 0) & (column >= 0)
    move = np.full(len(kept), np.nan)
    move[known] = moves.to_numpy(dtype=float)[row[known], column[known]]
    return kept.assign(move=move).dropna(subset=["move"]).reset_index(drop=True)
