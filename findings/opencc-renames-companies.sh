#!/usr/bin/env bash
# OpenCC 1.4.2: converting between simplified and traditional renames listed companies.
#
# The phrase tables know words, not names. With s2twp (simplified to Taiwan's wording) 长鑫存储, the memory maker CXMT,
# becomes 長鑫儲存 and 长江存储 (YMTC) becomes 長江儲存: the ending was taken for the common word "storage". t2s turns
# 乾照光電 into 干照光电, though the company writes 乾照光电. s2t gives TSMC as 臺積電, a spelling TSMC does not use.
# Why it matters here: a pipeline that folds all Chinese text to one script before matching names loses these companies
# without an error, and only these.
# Instead: keep every company's names in both scripts in the list, match on the text as published, convert for display
# only.
# Seen: s2twp 长鑫存储 -> 長鑫儲存; s2twp 长江存储 -> 長江儲存; t2s 乾照光電 -> 干照光电; s2t 台积电 -> 臺積電
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check OpenCC==1.4.2
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import opencc

print("OpenCC", version("OpenCC"))
CASES = [  # configuration, name, name the company uses in the other script, OpenCC's answer
    ("s2twp", "长鑫存储", "長鑫存儲", "長鑫儲存"),
    ("s2twp", "长江存储", "長江存儲", "長江儲存"),
    ("t2s", "乾照光電", "乾照光电", "干照光电"),
    ("s2t", "台积电", "台積電", "臺積電"),
]
for config, name, expected, known in CASES:
    seen = opencc.OpenCC(config).convert(name)
    print(config, name, "expected:", expected, "seen:", seen)
    if seen != known:
        raise SystemExit(f"Changed: {config} now turns {name} into {seen}, not {known}.")
PY
