#!/usr/bin/env bash
# XlsxWriter 3.3.1 and openpyxl 3.1.5: a formula is worth 0, and load and save loses the sparklines.
#
# XlsxWriter writes a formula with the stored result 0 unless one is given. Whoever reads the workbook without Excel
# (openpyxl with data_only=True, pandas) finds 0, not 60 and not an empty cell. openpyxl also keeps only what it knows:
# after load_workbook and save, with nothing changed, the sparklines are gone and no error is raised (at most a warning).
# Why it matters here: a total of 0 in an export is a plausible number, and a template filled with openpyxl loses the
# small charts an analyst put in.
# Instead: pass the computed value to write_formula(..., value=60), and write workbooks with sparklines in one go.
# Seen: SUM of 10, 20, 30 read as 0 by openpyxl and 0 by pandas; 60 where value=60 was given
# Seen: sparklines before 1, after load and save 0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "xlsxwriter==3.3.1" "openpyxl==3.1.5" "pandas==3.1.1"
cd "$work"
"$work/venv/bin/python" - <<'PY'
import warnings
import zipfile

import openpyxl
import pandas as pd
import xlsxwriter

warnings.simplefilter("ignore")
print("XlsxWriter", xlsxwriter.__version__, "openpyxl", openpyxl.__version__, "pandas", pd.__version__)
workbook = xlsxwriter.Workbook("revenue.xlsx")
sheet = workbook.add_worksheet()
sheet.write_column(0, 0, [10, 20, 30])
sheet.write_formula("B1", "=SUM(A1:A3)")
sheet.write_formula("C1", "=SUM(A1:A3)", None, 60)
sheet.add_sparkline("D1", {"range": "Sheet1!A1:A3"})
workbook.close()


def sparklines(path):
    return zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode().count("<x14:sparkline>")


read = openpyxl.load_workbook("revenue.xlsx", data_only=True).active
by_pandas = pd.read_excel("revenue.xlsx", header=None).iloc[0, 1]
before = sparklines("revenue.xlsx")
openpyxl.load_workbook("revenue.xlsx").save("saved.xlsx")
after = sparklines("saved.xlsx")
print("expected: 60 or an empty cell; one sparkline before and after")
print(f"seen: openpyxl {read['B1'].value}, pandas {by_pandas:g}, with value=60 given {read['C1'].value}")
print("seen: sparklines before", before, "after load and save", after)
if (read["B1"].value, by_pandas, read["C1"].value) != (0, 0, 60):
    raise SystemExit("Changed: a formula without a value is no longer read as 0.")
if (before, after) != (1, 0):
    raise SystemExit("Changed: sparklines now survive load and save.")
PY
