"""
Signed addresses: one address of the API with an expiry, for spreadsheets and other programs that can send no header.

    path and query, expiry, CHOKEPOINT_API_KEY → HMAC-SHA256 → …&expires=1798761600&signature=64 digits

Whoever has the address can read what it names, and nothing else, until it expires or the key is changed.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from data.errors import UsageError

EXPIRES, SIGNATURE = "expires", "signature"
SIGNED = (EXPIRES, SIGNATURE)
PREFIXES = ("/api/v1/", "/embed")
LONGEST = timedelta(days=366)


def signed_address(target: str, key: str, expires: datetime) -> str:
    """The path and query with an expiry and its signature. UsageError for another path, or without a key."""
    parts = urlsplit(target)
    if not parts.path.startswith(PREFIXES):
        raise UsageError("Only addresses under /api/v1/ and /embed can be signed.")
    if not key:
        raise UsageError("CHOKEPOINT_API_KEY is not set: addresses are signed with it.")
    given = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in SIGNED]
    query = urlencode([*given, (EXPIRES, str(int(expires.timestamp())))])
    return f"{parts.path}?{query}&{SIGNATURE}={_signature(parts.path, query, key)}"


def refusal_of_signature(path: str, query: str, key: str, now: datetime) -> str:
    """Why a signed address does not open, as a sentence; "" where it does."""
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    # Programs write the same query in several ways (":" or "%3A", "+" or "%20"), so one form of it is signed.
    signed = urlencode([pair for pair in pairs if pair[0] != SIGNATURE])
    is_ours = hmac.compare_digest(given.get(SIGNATURE, "").encode(), _signature(path, signed, key).encode())
    if not is_ours or not path.startswith(PREFIXES):
        return "The signature does not fit this address: it was altered, or the key was changed. Sign it again."
    expires = datetime.fromtimestamp(int(given[EXPIRES]), UTC)
    return "" if now < expires else f"This address expired on {expires:%d %b %Y}: sign a new one."


def _signature(path: str, query: str, key: str) -> str:
    return hmac.new(key.encode(), f"{path}?{query}".encode(), hashlib.sha256).hexdigest()
