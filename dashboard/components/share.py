"""
Share: the live link, the proof link, a saved view with a short link; and what a page says when a proof link was opened.

    page's values → links · hash (only when somebody asks) → popover
    address with a hash → the data rebuilt → verified or not → known then against known now
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from dashboard.address.links import live_link
from dashboard.address.params import read_number, read_sha
from dashboard.api.shortlinks import short_path
from dashboard.cache import load
from dashboard.components.frame import Frame
from dashboard.components.reader import reader_name
from dashboard.formatting import day_words, escape, escape_markdown
from dashboard.proofs.asked import Asked
from dashboard.proofs.proof import has_proof, verdict
from dashboard.proofs.proof_parts import FAMILY
from dashboard.proofs.then_now import difference, then_now_chart
from data.errors import ChokepointError
from data.people.saved_views import LIFETIME, save_view

SAVED = "_saved_view"
OWN_EVENTS, OWN_EARNINGS = "own_events", "own_earnings"
"""The keys of the widgets that take a file of a reader's own."""
KINDS = {"live": "Live", "proof": "As known now"}


def proof_link(frame: Frame, values: Mapping[str, Any], *, address: str | None = None, part: str = "") -> str:
    """
    The link with revision and hash, or the live one for a page without a proof.

    `address`: any of the app's, where no page runs; `part`: the part of the page that the hash is of, where it is not the whole.
    """
    part = part or (FAMILY if values.get("mode") == "all" else "")
    values = {**values, "part": part} if part else values
    view, address = replace(frame.view, rev=frame.rev), address or st.context.url or ""
    if not can_prove(frame):
        return live_link(address, frame.page, view, **values)
    sha = _hash(frame, asked_of(frame, values))
    return live_link(address, frame.page, view, **values, sha=sha)


def can_prove(frame: Frame) -> bool:
    """Whether the page shows what a proof link can hold: data of the store, not a reader's own file."""
    return bool(
        has_proof(frame.page) and frame.rev and not any(st.session_state.get(own) for own in (OWN_EVENTS, OWN_EARNINGS))
    )


def proven_basket(frame: Frame) -> list[str]:
    """The basket that an opened proof link names, as older links do; empty when there is none."""
    return list(st.query_params.get_all("basket")) if "sha" in st.query_params and frame.page == "theme" else []


def asked_of(frame: Frame, values: Mapping[str, Any]) -> Asked:
    """The page's view at the revision that it shows."""
    view = replace(frame.view, rev=frame.rev)
    return Asked(store=load.store_at(frame.url), today=load.the_catalog(), page=frame.page, view=view, values=values)


@st.fragment
def draw_share(frame: Frame, values: Mapping[str, Any]) -> None:
    """The button with both links and the form that saves the view."""
    with st.popover("Share", icon=":material/link:", key="share", on_change="rerun") as menu:
        if not menu.open:
            return
        point = st.query_params.get("point")
        live = live_link(st.context.url or "", frame.page, frame.view, **values, point=point)
        st.markdown("**Live link.** This view, with what is known when it is opened.")
        st.code(live, language=None, wrap_lines=True)
        if can_prove(frame):
            proof = proof_link(frame, values)
            st.markdown(
                f"**Proof link.** As known now, for ever: revision {frame.rev} and the SHA-256 of the data shown."
            )
            st.code(proof, language=None, wrap_lines=True)
        else:
            proof = ""
        _draw_save(frame, live, proof)


def _draw_save(frame: Frame, live: str, proof: str) -> None:
    with st.form("save_view", border=False):
        name = st.text_input("Save this view as", max_chars=120, key="view_name", placeholder="A short name")
        kinds = [kind for kind in KINDS if kind == "live" or proof]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            kind = st.segmented_control(
                "Kind",
                kinds,
                format_func=KINDS.__getitem__,
                default="live",
                required=True,
                key="view_kind",
                label_visibility="collapsed",
            )
            share = st.toggle(f"Short link, {LIFETIME.days} days", key="view_short")
            wanted = st.form_submit_button("Save")
    if wanted:
        _save(frame, name, proof if kind == "proof" else live, share=share)


def _save(frame: Frame, name: str, link: str, *, share: bool) -> None:
    query, now = urlsplit(link).query, datetime.now(UTC)
    sha = dict(part.partition("=")[::2] for part in query.split("&")).get("sha", "")
    try:
        _, token = save_view(
            load.store_at(frame.url),
            name=name.strip(),
            owner=reader_name(),
            page=frame.page,
            query=query,
            now=now,
            revision=frame.rev if sha else None,
            data_hash=sha,
            share=share,
        )
    except ChokepointError as error:
        st.error(escape_markdown(str(error)))
        return
    st.success("Saved: see the page Saved views.")
    if token:
        scheme, host, *_ = urlsplit(st.context.url or "")
        st.code(f"{scheme}://{host}{short_path(token)}", language=None, wrap_lines=True)
        st.caption(
            f"Whoever has this link opens the view until {day_words(now + LIFETIME)}. It is shown once, and only its hash is kept."
        )


def draw_proof(frame: Frame, values: Mapping[str, Any]) -> None:
    """When the address has a hash: whether the data still is what it says, and what is known now."""
    sha = read_sha(st.query_params.get("sha", ""))
    if sha is None or not has_proof(frame.page):
        return
    asked = asked_of(frame, {**values, "basket": tuple(proven_basket(frame)), "part": st.query_params.get("part", "")})
    said_rev = read_number(st.query_params.get("rev", "")) or frame.rev
    asked = replace(asked, view=replace(asked.view, rev=said_rev))
    newest = frame.shown.bounds.newest
    found = _hash(frame, asked) if said_rev <= newest else ""
    ok, sentence = verdict(asked, sha, found=found, newest=newest, version=version("chokepoint"))
    with st.container(key="proof_ok" if ok else "proof_bad", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(
                f'<p role="status"><b>{escape(sentence.partition(":")[0])}:</b>{escape(sentence.partition(":")[2])}</p>'
            )
            compare = ok and said_rev < newest and st.toggle("Compare with what is known now", key="compare_now")
        if compare:
            _draw_difference(frame, asked)


def _draw_difference(frame: Frame, asked: Asked) -> None:
    found = difference(asked, frame.shown.bounds.newest)
    st.html(f'<p class="cp-difference">{escape(found.sentence)}</p>')
    if not found.then.empty:
        figure = then_now_chart(found, measure=frame.view.measure, touch=frame.touch)
        st.plotly_chart(
            figure, key="then_now", config={"displaylogo": False}, alt=f"Known then against known now. {found.sentence}"
        )


def _hash(frame: Frame, asked: Asked) -> str:
    """The hash of what the page shows; read once for each view at a revision."""
    values = tuple(
        sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in asked.values.items())
    )
    return load.load_proof(frame.url, frame.page, asked.view, values)
