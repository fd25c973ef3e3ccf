"""Any number, in the API's rows, in the list that a click opens, and in a workbook: the same count, at any revision."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
from proving import request_of
from test_proof import CHOICES, change, filled

from dashboard.cache.counts import load_cells
from dashboard.charts.overtime import attention_chart
from dashboard.exports.chart_data import chart_data_of
from dashboard.exports.evidence_table import evidence_table
from dashboard.exports.spreadsheet import xlsx_bytes
from dashboard.page_data import read_page
from dashboard.page_data.receipts import receipt_rows, receipt_window
from dashboard.page_data.rows import attention_rows
from exported import WORDS

VIEWS = 25


def test_every_count_is_the_number_of_its_receipts_on_page_in_the_api_and_in_a_workbook(tmp_path: Path) -> None:
    checked = 0
    with filled(tmp_path / "s.db") as store:
        change(random.Random(3), store)
        rng = random.Random(11)
        for _ in range(VIEWS):
            request = request_of(rng, store, CHOICES)
            subject = rng.choice([key for key in (*read_page(request).subjects, "theme:memory") if key])
            rows = attention_rows(load_cells(request.url, (subject,), request.filters, request.grain))
            for row in rows:
                window = receipt_window(request.filters, date.fromisoformat(row["period"]), request.grain)
                _, total = receipt_rows(request.url, subject, window, limit=1)
                assert total == row["stories"]
                checked += 1
            evidence = evidence_table(request, [subject], request.filters)
            assert len(evidence) == sum(row["stories"] for row in rows)
            assert len(evidence_table(request, [subject], request.filters, unit="articles")) == sum(
                row["articles"] for row in rows
            )
            periods = pd.DataFrame(rows).assign(
                period=lambda frame: pd.to_datetime(frame["period"]), abnormal=float("nan"), complete=True
            )
            drawn = chart_data_of(
                attention_chart(periods, subject=subject, measure="stories", grain=request.grain), periods
            )
            book = openpyxl.load_workbook(
                io.BytesIO(xlsx_bytes(drawn, periods, replace(WORDS, revision=request.rev), evidence))
            )
            assert (
                book["Evidence"].max_row - 1
                == len(evidence)
                == sum(row[1].value or 0 for row in book["Data"].iter_rows(min_row=2))
            )
    print(f"{checked} counts of {VIEWS} views")
    assert checked > 200
