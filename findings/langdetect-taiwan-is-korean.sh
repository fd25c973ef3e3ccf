#!/usr/bin/env bash
# langdetect 1.0.9: headlines in traditional Chinese are Korean, with 0.99999 confidence.
#
# A Taiwanese headline of ten or so characters is not "zh-tw" and not even unsure: it is "ko", though it has no Hangul at
# all. The same news in simplified characters is "zh-cn". A threshold on the probability does not help, and fixing the
# seed only makes the wrong answer repeatable.
# Why it matters here: Taiwan's press is the first source on foundries and memory, and rules by language (tokenising,
# name lists, source counts) would send all of it down the Korean way.
# Instead: look at the script first (Hangul means Korean, kana means Japanese, neither means Chinese), then the source.
# Seen: 記憶體合約價連三季上漲 -> ko 0.99999; 光收發模組需求升溫 -> ko 0.99999; 内存合约价连续三季上涨 -> zh-cn 0.99999
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check langdetect==1.0.9
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

from langdetect import DetectorFactory, detect_langs

DetectorFactory.seed = 0
print("langdetect", version("langdetect"))
TAIWAN = ["記憶體合約價連三季上漲", "光收發模組需求升溫", "先進封裝產能擴大一倍", "電力設備訂單滿載到明年"]
CHINA = "内存合约价连续三季上涨"
print("expected: zh-tw for the first four, or a low probability; zh-cn for the last")
answers = {text: detect_langs(text)[0] for text in [*TAIWAN, CHINA]}
for text, answer in answers.items():
    print("seen:", text, answer.lang, f"{int(answer.prob * 1e5) / 1e5:.5f}")
if any(answers[text].lang != "ko" or answers[text].prob < 0.999 for text in TAIWAN):
    raise SystemExit("Changed: a traditional Chinese headline is no longer surely Korean.")
if answers[CHINA].lang != "zh-cn":
    raise SystemExit("Changed: the simplified headline is no longer zh-cn.")
PY
