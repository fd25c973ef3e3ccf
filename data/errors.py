"""
Every error that Chokepoint raises on purpose.

    ChokepointError            one sentence: names the thing, says what to do
    ├── UsageError             wrong usage or input (exit code 2)
    │   ├── CatalogError       a catalog file has a mistake: file, line, what is wrong
    │   └── EditConflict       somebody else changed the same phrase or name meanwhile
    ├── Cancelled              somebody stopped the work; what was saved stays
    ├── SourceError            a source failed; it is reported and skipped (exit code 1)
    │   ├── FetchError         nothing usable came over the network
    │   │   ├── Unreachable    the host does not answer at all
    │   │   ├── RetryLater     the other side asked to wait
    │   │   └── Gone           the other side says that it has ended: it is paused
    │   ├── ParseError         what came is not what the source announced
    │   └── PriceError         a price provider failed
    │       ├── RateLimited    wait, then ask again; stop asking for all tickers now
    │       ├── UnknownTicker  the provider does not know the ticker
    │       └── Offline        the provider cannot be reached
    └── StoreError             the store cannot be used
        ├── StoreBusy          another writer holds it (exit code 75)
        ├── SampleNotReady     the bundled sample's store is being built
        └── StoreVersionError  written by a newer Chokepoint

SourceError is caught in one place, `ingest/update.py`, together with StoreBusy: that source fails, the others go on.
Anything that is not in this tree is a bug and stops the run.
"""

from __future__ import annotations


class ChokepointError(Exception):
    """One sentence for the person who reads it."""


class UsageError(ChokepointError):
    """Wrong usage or input."""


class CatalogError(UsageError):
    """A mistake in a catalog file; the sentence starts with `file:line:`."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file, self.line, self.problem = file, line, problem


class EditConflict(UsageError):
    """Somebody else changed what an edit changes, after the edit was begun."""


class Cancelled(ChokepointError):
    """Somebody stopped the work."""


class SourceError(ChokepointError):
    """A source failed. What was stored before stays as it is."""


class FetchError(SourceError):
    """Nothing usable came over the network."""


class Unreachable(FetchError):
    """The host was not found, refused the connection, or stayed silent."""


class RetryLater(FetchError):
    """The other side asked to wait `seconds` (already clamped to 1 minute … 24 hours)."""

    def __init__(self, sentence: str, seconds: int) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class Gone(FetchError):
    """The other side says that it has ended for good."""


class ParseError(SourceError):
    """The bytes are not what the source announced."""


class PriceError(SourceError):
    """A price provider failed."""


class RateLimited(PriceError):
    """The provider asked to wait: stop asking it for any ticker."""


class UnknownTicker(PriceError):
    """The provider does not know the ticker."""


class Offline(PriceError):
    """The provider cannot be reached."""


class StoreError(ChokepointError):
    """The store cannot be used."""


class StoreBusy(StoreError):
    """Another writer holds the store."""


class SampleNotReady(StoreError):
    """The bundled sample's store is being built."""


class StoreVersionError(StoreError):
    """The store was written by a newer version."""
