"""The rules that link an article to a company or a theme, each with the sentence that a receipt shows."""

from __future__ import annotations

COMPANY_RULES: dict[str, str] = {
    "name": "The company's name, or an unambiguous short form of it, as a whole word.",
    "former-name": "A former name of the company, or of one that it took over, while the name was in use.",
    "product": "A product or brand of one company names its owner.",
    "person": "The sitting head of exactly one company stands for it.",
    "word-cue": "A name that is also a word or another's name, settled by words nearby.",
    "word-owner": "A name that is also a word, with a capital and a possessive 's: Arm's.",
    "word-capital": "A name that is also a word, with a capital where a word would have none.",
    "word-acts": "A name that is also a word, where it acts as a company: announces, is priced, is partnered with.",
    "word-peers": "A name that is also a word, in a list with two companies that are clearly named.",
    "word-beside-company": "A name that is also a word, close to another company that is clearly named.",
    "word-again": "A name that is also a word, in an article that clearly names the company elsewhere.",
    "ticker-marked": "A ticker with its mark: $MU, (NASDAQ: MU), 688256.SH.",
    "ticker-list": "A ticker in a list of tickers.",
    "ticker-stock": "A ticker next to a word of the stock market.",
}
THEME_RULES: dict[str, str] = {
    "phrase": "Words that mean the theme, in a story that is about it.",
    "weak-phrase": "Words that may mean the theme, settled by the rest of the story.",
    "results": "Results, orders or a listing of a company count for the first of its one or two themes.",
    "classifier": "A company of the theme, in a story about the theme; the words with the most weight are named.",
}
LINK_RULES = COMPANY_RULES | THEME_RULES
