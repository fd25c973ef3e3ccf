#!/usr/bin/env bash
# charset-normalizer 3.5.2: a one-row Chinese file is Korean text in UTF-16, a three-row one is Johab.
#
# A short GB18030 line (name, code, price) is recognised as UTF-16 big endian and decodes without an error to Hangul; a
# short Big5 list comes out as Korean in the Johab encoding. chardet 7.7.0 gets both right, though with a confidence of
# 0.18 and 0.11 at most. requests uses charset-normalizer for text without a declared charset.
# Why it matters here: the first rows of a day's file from an exchange are just such short texts, and the names fail to
# match instead of failing to decode.
# Instead: fix the encoding per source (cp950 in Taiwan, gb18030 in China, cp949 in Korea, cp932 in Japan), detect only
# as a warning.
# Seen: 中芯国际,688981,95.2 in GB18030 -> utf_16_be 훐킾맺볊ⰶ㠸㤸ㄬ㤵⸲, chardet GB18030
# Seen: a list of three lines in Big5 -> johab 뱧볌뵝쥋,첞붧..., chardet Big5
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "charset-normalizer==3.5.2" "chardet==7.7.0"
cd "$work"
"$work/venv/bin/python" - <<'PY'
import chardet
import charset_normalizer

print("charset-normalizer", charset_normalizer.__version__, "chardet", chardet.__version__)
CASES = [("gb18030", "中芯国际,688981,95.2", "utf_16_be"), ("big5", "公司名稱,營收\n台積電,100\n聯發科,50\n", "johab")]
print("expected: the true encoding, or none")
for encoding, text, known in CASES:
    raw = text.encode(encoding)
    best, other = charset_normalizer.from_bytes(raw).best(), chardet.detect(raw)
    seen = best.encoding if best else None
    print("seen:", encoding, "->", seen, repr(str(best)), "| chardet", other["encoding"], round(other["confidence"], 2))
    if seen != known:
        raise SystemExit(f"Changed: the {encoding} text is now recognised as {seen}.")
    if (other["encoding"] or "").lower() != encoding:
        raise SystemExit(f"Changed: chardet no longer recognises the {encoding} text.")
PY
