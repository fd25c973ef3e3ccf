"""
Whether a proof link holds: the data of its view, computed again from the append-only store by the rules that it names.

    link → request → page data → SHA-256 = the link's?          then and now: dashboard/proofs/then_now.py
"""

from __future__ import annotations

from dashboard.formatting import day_words, moment_words
from dashboard.page_data import PAGES, read_page
from dashboard.page_data.request import Request
from dashboard.page_data.rules import changed_since
from data.version import VERSION
from data.write.revisions import revision_info


def has_proof(page: str) -> bool:
    """Whether the page shows data that a proof link can hold."""
    return page in PAGES and PAGES[page].data is not None


def verdict(request: Request, sha: str, *, newest: int) -> tuple[bool, str]:
    """
    Whether the data have the link's hash, and a sentence with the result or the reason. `request`: by the link's rules.
    """
    revision = revision_info(request.store, request.rev)
    if revision is None or request.rev > newest:
        return False, (
            f"Not verified: this store has no revision {request.rev}. "
            "The link is from another store, or from a later state of this one."
        )
    when = f"{moment_words(revision.at)} (revision {request.rev})"
    if read_page(request).sha256 == sha:
        return True, f"Verified: as known on {when}.{rules_words(request)}"
    if revision.app_version != VERSION:
        why = f"That revision was written by version {revision.app_version}, this is version {VERSION}"
    else:
        why = f"Both are version {VERSION}"
    edited = "" if revision.catalog_hash == request.catalog.hash else "; the catalog has been edited since"
    return False, (
        f"Not verified: for {when} this version of the program computes data with another hash than the link's. {why}"
        f"{edited}. The link may also come from another store, or have been altered."
    )


def rules_words(request: Request) -> str:
    """The rules that changed since those of the link, and when; "" for none."""
    changed = changed_since(request.rules, request.page)
    sentences = " ".join(f"Since {day_words(rule.since)}, {rule.what}." for rule in changed)
    return f" {sentences} This page shows it by the rules of the link." if changed else ""
