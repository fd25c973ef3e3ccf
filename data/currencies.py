"""Currencies, and the hundredths of them in which some exchanges quote: pence, cents, agorot."""

from __future__ import annotations

import re

HUNDREDTHS = {"GBp": "GBP", "GBX": "GBP", "ZAc": "ZAR", "ZAC": "ZAR", "ILA": "ILS", "ILa": "ILS"}
"""As data vendors write them → the currency. GBp and GBP differ in their case alone."""

OTHER_WORDS = {"gbx": "GBX", "pence": "GBX", "penny": "GBX", "p": "GBX", "zac": "ZAC", "ila": "ILA", "agorot": "ILA"}


def unit_of(currency: str) -> tuple[str, float]:
    """The currency that a vendor's code is a part of, and how many of the unit are one of it: ("GBP", 100) for GBp."""
    return (HUNDREDTHS[currency], 100.0) if currency in HUNDREDTHS else (currency, 1.0)


def whole_currency(written: str) -> tuple[str, float]:
    """As `unit_of`, for what a person writes (pence, gbx, usd). ValueError for no currency."""
    known = OTHER_WORDS.get(written.lower(), written)
    if known not in HUNDREDTHS and not re.fullmatch(r"[A-Za-z]{3}", known):
        raise ValueError(f"{written!r} is no currency; write three capitals like USD, or GBX for pence")
    return unit_of(known if known in HUNDREDTHS else known.upper())
