"""Pairs of characters as tokens: the same for many texts at once as for each."""

from __future__ import annotations

from zlib import crc32

from data.text.nfkc import SEPARATOR
from ingest.stories.cjk import BigramTokens, bigrams

TEXTS = ["AI芯片涨价", "", "ソニー株価 x", "한국 반도체abc芯", "memory", "\U0001f680芯片"]


def test_pairs_are_of_one_script_and_within_one_word() -> None:
    assert list(bigrams("AI芯片涨价 ソニー株価 x")) == ["芯片", "片涨", "涨价", "ソニ", "ニー", "株価"]


def test_the_pairs_of_many_texts_are_those_of_each() -> None:
    owner, tokens, _ = BigramTokens({"芯片": 5, "AI": 3}, unknown=7).find(SEPARATOR.join(TEXTS))
    wanted = [
        (at, crc32(pair.encode()) << 32 | (5 if pair == "芯片" else 7) << 16)
        for at, text in enumerate(TEXTS)
        for pair in bigrams(text)
    ]
    assert list(zip(owner.tolist(), tokens.tolist(), strict=True)) == wanted


def test_everything_but_pairs_remains_and_words_stay_apart() -> None:
    _, _, rest = BigramTokens({}, unknown=7).find(SEPARATOR.join(["AI芯片GPU", "memory 芯"]))
    assert rest == SEPARATOR.join(["AI芯GPU", "memory 芯"])
