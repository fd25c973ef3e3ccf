"""
Daily prices from Yahoo Finance, through yfinance: keyless, for personal use by its terms.

`Ticker.history`, never `yf.download`: that one answers an empty frame when the network is down. Yahoo's closes are
split-adjusted; its own `Adj Close` serves the checks only.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from json import JSONDecodeError
from typing import Any, cast

import pandas as pd
import yfinance
from yfinance.exceptions import YFDataException, YFPricesMissingError, YFRateLimitError, YFTzMissingError

from data.catalog.records import Listing
from data.currencies import unit_of
from data.errors import Offline, PriceError, RateLimited, UnknownTicker
from ingest.prices.quotes import History, Quote
from ingest.prices.session_dates import SETTLING

COLUMNS = {
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Close": "close",
    "Adj Close": "adj_close",
    "Dividends": "dividend",
}


class YahooProvider:
    """Asks for one listing at a time, with a pause between two."""

    name = "yfinance"

    def __init__(
        self, *, session: object | None = None, pause_seconds: float = 1.0, timeout_seconds: float = 20
    ) -> None:
        """`session`: a requests or curl_cffi session to use in place of yfinance's own."""
        yfinance.config.debug.hide_exceptions = False  # otherwise a failure looks like "no data"
        logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # its errors are raised with sentences of ours
        self._session = session
        self._pause, self._timeout = pause_seconds, timeout_seconds
        self._next_at = 0.0

    def history(self, listing: Listing, *, start: date, now: datetime) -> History:
        """Completed sessions since `start`. RateLimited, UnknownTicker, Offline, PriceError say why there are none."""
        time.sleep(max(0.0, self._next_at - time.monotonic()))
        self._next_at = time.monotonic() + self._pause
        ticker = yfinance.Ticker(listing.ticker, session=self._session)
        frame = self._asked(listing.ticker, ticker, start)
        about: Mapping[str, Any] = ticker.history_metadata
        currency, unit = unit_of(about.get("currency") or listing.currency)
        until = _last_completed(about, now)
        # The index is midnight in the exchange's zone: its date there is the session, in UTC it may be the day before.
        sessions = [moment.date() for moment in pd.DatetimeIndex(frame.index)]
        rows = zip(sessions, frame.to_dict("records"), strict=True)
        quotes = tuple(_quote(session, values, unit) for session, values in rows if session <= until)
        return History(
            ticker=listing.ticker, currency=currency, basis="split_adjusted", quotes=quotes, is_unit_sure=True
        )

    def _asked(self, symbol: str, ticker: yfinance.Ticker, start: date) -> pd.DataFrame:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # pandas' deprecations, for yfinance's authors
                frame = ticker.history(
                    start=start, interval="1d", auto_adjust=False, actions=True, repair=False, timeout=self._timeout
                )
        except YFRateLimitError:
            raise RateLimited(
                "Yahoo is limiting requests; the prices that are missing are asked for by a later run."
            ) from None
        except YFTzMissingError:
            raise UnknownTicker(f"Yahoo does not know {symbol}; correct it in listings.csv, or leave it.") from None
        except YFPricesMissingError as problem:
            if problem.yahoo_reason and "No data found" in problem.yahoo_reason:
                raise UnknownTicker(f"Yahoo does not know {symbol} ({problem.yahoo_reason}).") from None
            raise PriceError(f"Yahoo has no prices of {symbol} since {start}.") from None
        except YFDataException:
            raise Offline("Yahoo Finance is down for maintenance; try again later.") from None
        except JSONDecodeError:
            raise PriceError(f"Yahoo answered for {symbol} with something that is no price data.") from None
        except OSError as problem:  # both HTTP libraries' errors are kinds of it
            raise _network_error(symbol, problem) from None
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
            raise PriceError(
                f"Yahoo's answer for {symbol} has a new shape ({type(problem).__name__}); update yfinance."
            ) from None
        if frame.empty:
            raise PriceError(f"Yahoo has no prices of {symbol} since {start}.")
        return cast(pd.DataFrame, frame)


def _network_error(symbol: str, problem: OSError) -> PriceError:
    status = getattr(getattr(problem, "response", None), "status_code", None)
    if status == 404:
        return UnknownTicker(f"Yahoo does not know {symbol}; correct it in listings.csv, or leave it.")
    if status == 429:
        return RateLimited("Yahoo is limiting requests; the prices that are missing are asked for by a later run.")
    if status:  # curl's errors have an answer too, of status 0, where there was none
        return PriceError(f"Yahoo answered {status} for {symbol}.")
    return Offline("Yahoo Finance cannot be reached; check this machine's network.")


def _last_completed(about: Mapping[str, Any], now: datetime) -> date:
    """The newest session whose prices are final, by the exchange's own clock."""
    zone = about.get("exchangeTimezoneName") or "UTC"
    today = pd.Timestamp(now).tz_convert(zone).date()
    end = ((about.get("currentTradingPeriod") or {}).get("regular") or {}).get("end")
    if end is not None:
        close = pd.Timestamp(end, unit="s", tz="UTC") if isinstance(end, int | float) else pd.Timestamp(end)
        if close.tz_convert(zone).date() == today and pd.Timestamp(now) >= close + SETTLING:
            return today
    return today - timedelta(days=1)


def _quote(session: date, values: Mapping[Any, Any], unit: float) -> Quote:
    prices = {ours: float(values[theirs]) / unit for theirs, ours in COLUMNS.items()}
    return Quote(session=session, volume=float(values["Volume"]), split=float(values["Stock Splits"]), **prices)
