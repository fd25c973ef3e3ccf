#!/usr/bin/env bash
# lxml 6.1.3: a page declared as Big5 ends where the name of Acer stands.
#
# Pages that call themselves "big5" are in practice cp950, Microsoft's extension: 碁 of 宏碁 (Acer) and 恒 of 恒生 are not in
# plain Big5. lxml.html does not raise: it keeps what came before the character and drops the rest of the document, so
# a table of a thousand companies ends at Acer. As XML the same bytes raise an error. Python's own big5 codec raises too.
# Why it matters here: tables of monthly revenue and many older Taiwanese pages are Big5, and a short table looks like a
# quiet month, not like an error.
# Instead: decode first with cp950 (or big5hkscs), drop the declaration, and give lxml text.
# Seen: rows by declared charset: ['台積電', '宏']; rows after decoding with cp950: ['台積電', '宏碁', '聯電']
# Seen: as XML: XMLSyntaxError: Invalid bytes in character encoding
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check lxml==6.1.3
cd "$work"
"$work/venv/bin/python" - <<'PY'
from lxml import etree, html

print("lxml", etree.__version__)
page = "<html><head><meta charset='big5'></head><body><p>台積電</p><p>宏碁</p><p>聯電</p></body></html>"
declared = [p.text for p in html.fromstring(page.encode("cp950")).iter("p")]
decoded = [p.text for p in html.fromstring(page.encode("cp950").decode("cp950")).iter("p")]
try:
    xml = etree.fromstring("<?xml version='1.0' encoding='big5'?><name>宏碁</name>".encode("cp950")).text
except etree.XMLSyntaxError as error:
    xml = f"XMLSyntaxError: {error}"
print("expected: three rows, or an error")
print("seen: rows by declared charset:", declared)
print("seen: rows after decoding with cp950:", decoded)
print("seen: as XML:", xml)
if decoded != ["台積電", "宏碁", "聯電"]:
    raise SystemExit("Changed: decoding with cp950 no longer gives three rows.")
if declared != ["台積電", "宏"]:
    raise SystemExit("Changed: the page is no longer cut at the character outside plain Big5.")
if not xml.startswith("XMLSyntaxError"):
    raise SystemExit("Changed: the XML parser no longer refuses the character.")
PY
