"""The exchanges that a listing may name: session calendar, and the form of a ticker as Yahoo writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from data import calendars
from data.files import Files

COLUMNS = ("mic", "calendar", "suffixes", "ticker", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """`calendar` is whose sessions it keeps: those of Shanghai, say, for Shenzhen (XSHE → XSHG)."""

    mic: str
    calendar: str
    name: str
    suffixes: tuple[str, ...]  # Yahoo's: (".SS",); () where tickers carry none
    form: re.Pattern[str]  # of the ticker before its suffix

    def problem(self, ticker: str) -> str:
        """What is wrong with a ticker of this exchange; "" when it is well formed."""
        suffix = next((known for known in self.suffixes if ticker.endswith(known)), "")
        if self.suffixes and not suffix:
            return f"a ticker on {self.mic} ends in {' or '.join(self.suffixes)}"
        if not self.form.fullmatch(ticker.removesuffix(suffix)):
            return f"a ticker on {self.mic} has the form {self.form.pattern}{suffix}"
        return ""


def load_exchanges(files: Files) -> dict[str, Exchange]:
    """Exchanges by MIC."""
    exchanges: dict[str, Exchange] = {}
    for row in files.rows("exchanges.csv", COLUMNS):
        mic = row.needed("mic")
        if mic in exchanges:
            raise row.error(f"{mic} is listed twice")
        try:
            form = re.compile(row.needed("ticker"))
        except re.error as fault:
            raise row.error(f"ticker is not a pattern: {fault}") from None
        if not calendars.is_known(calendar := row.needed("calendar")):
            raise row.error(
                f"no sessions are known by the name {calendar}; use the MIC of an exchange with the same ones"
            )
        exchanges[mic] = Exchange(
            mic=mic, calendar=calendar, name=row["name"], suffixes=row.many("suffixes"), form=form
        )
    return exchanges
