"""HTTP status → error: retry later, failed, or gone for good, each with one sentence."""

from __future__ import annotations

import random
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from data.errors import FetchError, Gone, RetryLater, Unreachable

REFUSALS = {
    401: "it requires a login",
    403: "it refuses automatic readers, or anonymous ones: set CHOKEPOINT_CONTACT to your e-mail address",
    404: "there is nothing at this address any more; correct it in sources.toml",
}


def seconds_to_wait(header: str, *, now: datetime, otherwise: int = 900) -> int:
    """The delay in a Retry-After header (seconds or a date), at least 1 minute and at most 24 hours."""
    text = header.strip()
    seconds = otherwise
    if text.isascii() and text.isdigit():
        seconds = int(text[:9])
    elif text:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, OverflowError):  # OverflowError: an absurd time zone
            at = None
        if at is not None:
            seconds = int(((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
    return min(max(seconds, 60), 86_400)


def back_off_seconds(failures: int, *, spread: float | None = None) -> int:
    """
    The delay after a number of failures in a row: 1 minute, 4, 16 … up to a day.

    The first delays are short, since most failures are those of this machine's own network. `spread` (0–1, random when
    None) keeps sources that failed together from being due together.
    """
    part = random.random() if spread is None else spread
    longest = min(60 * 4 ** min(failures - 1, 10), 86_400)
    return int(longest * (0.75 + 0.25 * part))


def check_status(host: str, response: httpx.Response) -> None:
    status = response.status_code
    if response.headers.get("cf-mitigated") == "challenge":
        raise FetchError(f"{host} requires a browser check (Cloudflare), which an automatic reader cannot pass.")
    if status in (200, 203, 304):
        return
    retry_after = response.headers.get("retry-after", "")
    if status == 429 or (status == 503 and retry_after):
        seconds = seconds_to_wait(retry_after, now=datetime.now(UTC))
        raise RetryLater(
            f"{host} limits requests ({status}); the next attempt is in {_span(seconds)}. Nothing was lost.",
            seconds,
        )
    if status == 410:
        raise Gone(
            f"{host} reports that this feed is gone (410); it is paused. Remove it from sources.toml, or correct it."
        )
    if status >= 500:
        raise FetchError(f"{host} has an internal error ({status}); it will be asked again later.")
    raise FetchError(f"{host} answered {status}: {REFUSALS.get(status, 'unexpected for a feed')}.")


def connect_error(host: str, problem: httpcore.ConnectError) -> FetchError:
    cause = problem.args[0] if problem.args else None  # httpcore hands the socket's own error on as the argument
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Unreachable(f"The certificate of {host} is not trusted: {cause.verify_message or cause.reason}.")
    if isinstance(cause, ssl.SSLError):
        return Unreachable(f"A secure connection to {host} failed ({cause.reason or 'no common protocol'}).")
    return Unreachable(
        f"{host} cannot be reached: {getattr(cause, 'strerror', None) or problem or 'connection failed'}."
    )


def _span(seconds: int) -> str:
    if seconds < 7200:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h"
