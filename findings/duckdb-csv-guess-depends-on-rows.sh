#!/usr/bin/env bash
# DuckDB 2.0.1: one row far down turns stock codes into numbers, and one row turns the dates of all others round.
#
# read_csv decides by a sample of 20,480 rows. A file whose first code with leading zeros stands after that gives BIGINT:
# 0050, Taiwan's best-known fund, becomes 50 with no error, while the same rows in a shorter file stay text. Dates like
# 01/02/2026 are read day first as long as nothing contradicts; a single 04/13/2026 makes all rows month first.
# Why it matters here: the same list keeps or loses its zeros by its length, and a daily file of
# US dates means something else from the 13th of the month on.
# Instead: name the types and the format: read_csv(..., types={'code': 'VARCHAR'}, dateformat='%m/%d/%Y').
# Seen: code 0050 after 20,000 rows: VARCHAR '0050'; after 21,000 rows: BIGINT 50
# Seen: 01/02/2026 alone: 2026-02-01; with a later row 04/13/2026: 2026-01-02
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "duckdb==2.0.1"
cd "$work"
"$work/venv/bin/python" - <<'PY'
from pathlib import Path

import duckdb

print("DuckDB", duckdb.__version__)


def last_code(rows):
    lines = [f"{1000 + row % 9000},{row + 1}" for row in range(rows)]
    Path("codes.csv").write_text("\n".join(["code,volume", *lines, "0050,0", ""]))
    return duckdb.sql("select typeof(code), code from read_csv('codes.csv') where volume = 0").fetchall()[0]


def first_day(*days):
    Path("days.csv").write_text("\n".join(["day,close", *(f"{day},10" for day in days), ""]))
    return str(duckdb.sql("select day from read_csv('days.csv')").fetchall()[0][0])


few, many = last_code(20_000), last_code(21_000)
alone, contradicted = first_day("01/02/2026", "03/04/2026"), first_day("01/02/2026", "03/04/2026", "04/13/2026")
print("expected: the same type for both files, the same day with and without the later row, or an error")
print("seen: after 20,000 rows", few, "after 21,000 rows", many)
print("seen: first day", alone, "with a later row 04/13/2026", contradicted)
if (few, many) != (("VARCHAR", "0050"), ("BIGINT", 50)):
    raise SystemExit("Changed: leading zeros no longer depend on the length of the file.")
if (alone, contradicted) != ("2026-02-01", "2026-01-02"):
    raise SystemExit("Changed: an ambiguous date no longer turns round with a later row.")
PY
