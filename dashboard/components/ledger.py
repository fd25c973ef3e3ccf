"""Everything that an analyst looked at: the family that each lead-lag verdict is corrected for."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.components.downloads import table_menu
from dashboard.components.frame import Frame
from dashboard.formatting import ChartWords, count_words, moment_words
from data.people.hypotheses import hypotheses_of
from data.schema.store import Store

KINDS = {
    "leads": "Coverage leads price",
    "follows": "Coverage follows price",
    "none": "No link found",
    "cannot tell": "Cannot tell",
}


def draw_ledger(frame: Frame, store: Store, analyst: str) -> None:
    ledger = hypotheses_of(store, analyst)
    viewed = int((ledger["kind"] == "viewed").sum())
    with st.expander(f"What you have looked at: {count_words(viewed, 'analysis', 'analyses')}"):
        st.caption(
            "Every pair, window, market and measure counts once: ten looks at chance find one “link” at p = 0.1."
        )
        rows = pd.DataFrame(
            {
                "when": moment_words(row.created_at),
                "stated first": row.kind == "registered",
                "coverage of": frame.catalog.subject_name(row.what.get("talk", "")),
                "price": row.what.get("price", ""),
                "lags": row.what.get("lag", row.what.get("lags")),
                "days": f"{row.what.get('from', '')} – {row.what.get('to', '')}",
                "verdict": KINDS.get(row.result.get("kind", ""), "–"),
                "p": row.result.get("p"),
            }
            for row in ledger.itertuples()
        )
        words = ChartWords(
            title=f"What {analyst} looked at",
            unit="one row an analysis",
            n=f"n = {len(rows):,}",
            source="this store's ledger of analyses",
            method="every pair, window, market and measure counts once; all count in each verdict's correction",
            revision=frame.rev,
            notice=frame.notice,
        )
        table_menu(frame, "hypotheses", words, lambda: rows)
        st.dataframe(rows, hide_index=True, key="hypotheses")
