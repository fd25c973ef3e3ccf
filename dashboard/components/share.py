"""
Share: the live link, the proof link, a saved view with a short link; and the result of checking an opened proof link.

    request → links, hash (only when the popover is open) → popover
    address with a hash → the data computed again → verified or not → known then against known now
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import streamlit as st

from dashboard.address.params import read_number, read_sha
from dashboard.api.shortlinks import short_path
from dashboard.cache.stores import store_at
from dashboard.charts.compare import then_now_chart
from dashboard.components.frame import Frame, reader_name
from dashboard.formatting import day_words, escape, escape_markdown
from dashboard.page_data.links import live_link, proof_link
from dashboard.page_data.request import Request
from dashboard.page_data.rules import changed_since
from dashboard.proofs.then_now import difference
from dashboard.proofs.verify import has_proof, verdict
from data.errors import ChokepointError
from data.people.saved_views import LIFETIME, save_view

REQUEST = "_request"
OWN_EVENTS, OWN_EARNINGS = "own_events", "own_earnings"
"""The keys of the widgets that take a reader's own file."""
SAVED_LINKS = {"live": "Live", "proof": "As known now"}


def keep_request(request: Request) -> None:
    """Keep the request of the page's controls for fragments that are drawn apart from the page."""
    st.session_state[REQUEST] = request


def current_request() -> Request:
    request: Request = st.session_state[REQUEST]
    return request


def link_to(request: Request) -> str:
    """The proof link, or the live link with its revision for a page without a proof. Works without running the page."""
    address = st.context.url or ""
    if can_prove(request):
        return proof_link(address, request)
    return live_link(address, request.page, request.view, dict(request.values))


def can_prove(request: Request) -> bool:
    """Whether a proof link can hold the page's data: they come from the store, not from a reader's own file."""
    has_own_file = any(st.session_state.get(widget) for widget in (OWN_EVENTS, OWN_EARNINGS))
    return has_proof(request.page) and bool(request.rev) and not has_own_file


def basket_of_link() -> tuple[str, ...]:
    """The basket in an opened proof link, as in older links; () when there is none."""
    return tuple(st.query_params.get_all("basket")) if "sha" in st.query_params else ()


@st.fragment
def draw_share(frame: Frame, request: Request) -> None:
    """The button with both links and the form that saves the view."""
    with st.popover("Share", icon=":material/link:", key="share", on_change="rerun") as menu:
        if not menu.open:
            return
        values = {name: value for name, value in request.values if name != "part"}
        point = st.query_params.get("point")
        live = live_link(st.context.url or "", frame.page, frame.view, {**values, "point": point})
        st.markdown("**Live link.** This view, with the data known when the link is opened.")
        st.code(live, language=None, wrap_lines=True)
        proof = link_to(request) if can_prove(request) else ""
        if proof:
            st.markdown(
                f"**Proof link.** Permanent: this view as of revision {frame.rev}, with the SHA-256 of its data."
            )
            st.code(proof, language=None, wrap_lines=True)
        _draw_save(frame, live, proof)


def _draw_save(frame: Frame, live: str, proof: str) -> None:
    with st.form("save_view", border=False):
        name = st.text_input("Save this view as", max_chars=120, key="view_name", placeholder="A short name")
        kinds = [kind for kind in SAVED_LINKS if kind == "live" or proof]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            kind = st.segmented_control(
                "Kind",
                kinds,
                format_func=SAVED_LINKS.__getitem__,
                default="live",
                required=True,
                key="view_kind",
                label_visibility="collapsed",
            )
            share = st.toggle(f"Short link, {LIFETIME.days} days", key="view_short")
            is_submitted = st.form_submit_button("Save")
    if is_submitted:
        _save(frame, name, proof if kind == "proof" else live, share=share)


def _save(frame: Frame, name: str, link: str, *, share: bool) -> None:
    query, now = urlsplit(link).query, datetime.now(UTC)
    sha = dict(part.partition("=")[::2] for part in query.split("&")).get("sha", "")
    try:
        _, token = save_view(
            store_at(frame.url),
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
    st.success("Saved. It is listed on the Saved views page.")
    if token:
        scheme, host, *_ = urlsplit(st.context.url or "")
        st.code(f"{scheme}://{host}{short_path(token)}", language=None, wrap_lines=True)
        st.caption(
            f"Anyone with this link can open the view until {day_words(now + LIFETIME)}. "
            "The link is shown once; the store keeps only its hash."
        )


def draw_proof(frame: Frame, request: Request) -> None:
    """When the address has a hash: whether the data still have it, and a comparison with what is known now."""
    sha = read_sha(st.query_params.get("sha", ""))
    if sha is None or not has_proof(frame.page):
        return
    revision = read_number(st.query_params.get("rev", "")) or frame.rev
    link_values = {"basket": basket_of_link(), "part": st.query_params.get("part", "")}
    linked = request.with_values(**{name: value for name, value in link_values.items() if value}).at(revision)
    newest = frame.shown.bounds.newest
    ok, sentence = verdict(linked, sha, newest=newest)
    with st.container(key="proof_ok" if ok else "proof_bad", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            head, _, reason = sentence.partition(":")
            st.html(f'<p role="status"><b>{escape(head)}:</b>{escape(reason)}</p>')
            compare = ok and revision < newest and st.toggle("Compare with what is known now", key="compare_now")
            if ok and changed_since(linked.rules, frame.page):
                today = live_link(st.context.url or "", frame.page, linked.view, dict(request.values))
                st.html(f'<a href="{escape(today)}" target="_self">The same view by today’s rules</a>')
        if compare:
            _draw_difference(frame, linked)


def _draw_difference(frame: Frame, request: Request) -> None:
    changes = difference(request, frame.shown.bounds.newest)
    st.html(f'<p class="cp-difference">{escape(changes.sentence)}</p>')
    if not changes.then.empty:
        figure = then_now_chart(changes, measure=frame.view.measure, touch=frame.touch)
        alt = f"Known then against known now. {changes.sentence}"
        st.plotly_chart(figure, key="then_now", config={"displaylogo": False}, alt=alt)
