"""
The app: the frame around every page.

    store → sample notice → shared controls → the page

Runs inside `python -m dashboard`, or alone: `streamlit run dashboard/app.py`.
"""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path

import streamlit as st

from dashboard.address.params import read_number
from dashboard.cache.sample import sample_build
from dashboard.cache.stores import catalog_at, shown_store, shown_url
from dashboard.components import controls
from dashboard.components.address_bar import read_address
from dashboard.components.drop_zone import draw_drop_zone
from dashboard.components.first_steps import draw_first_steps
from dashboard.components.frame import Frame, keep_frame, user_agent_is_touch
from dashboard.components.header import draw_header
from dashboard.formatting import day_words, escape, escape_markdown
from dashboard.page_data import PAGES
from dashboard.page_data.links import FIRST_PAGE
from dashboard.page_data.rules import NEWEST_RULES
from dashboard.serving.page_lock import page_turn
from data.errors import ChokepointError, SampleNotReady
from data.sample import ORIGIN

FOLDER = Path(__file__).resolve().parent
LOOK_SECONDS = 0.5


@cache
def scripts() -> list[st.Page]:
    # Once: looking for twelve files on disk takes a fiftieth of a page's time.
    return [
        st.Page(
            FOLDER / "views" / f"{page.name}.py",
            title=page.title,
            url_path=page.name,
            help=page.purpose,
            default=page.name == FIRST_PAGE,
        )
        for page in PAGES.values()
    ]


@st.fragment(run_every=LOOK_SECONDS)
def draw_sample_build() -> None:
    """How far the sample's store is; the page itself as soon as it is there."""
    if not sample_build.runs:
        st.rerun()
    st.progress(sample_build.percent / 100, escape_markdown(sample_build.sentence))


st.set_page_config(page_title="Chokepoint", page_icon=str(FOLDER / "assets" / "mark.svg"), layout="wide")
st.html(FOLDER / "assets" / "style.css")

# Each run gets copies: Streamlit marks in them which one was drawn.
script = st.navigation([copy.copy(page) for page in scripts()], position="hidden")
page = PAGES[script.url_path or FIRST_PAGE]
header = st.container(key="header", horizontal=True, vertical_alignment="center", gap="small", wrap=False)

try:
    url = shown_url()
    shown = shown_store(url)
except SampleNotReady:
    st.subheader("Building the bundled sample, once")
    st.write(f"{ORIGIN}. They are being linked to companies and themes; the page opens by itself in about a minute.")
    draw_sample_build()
    st.stop()
except ChokepointError as error:
    st.error(escape_markdown(str(error)))
    st.stop()

read_address(page.name, shown.bounds)
if shown.is_sample:
    st.html(
        f'<p class="cp-sample"><b>Sample data.</b> {escape(ORIGIN)}, to {day_words(shown.bounds.last_day)}. '
        "Share of voice is a share of this sample. Fetch your own news on the Sources page.</p>"
    )
view, share_place = controls.draw_controls(shown, has_grain=page.has_grain, has_measure=page.has_measure)
is_proof = "sha" in st.query_params
frame = Frame(
    shown=shown,
    catalog=catalog_at(url, view.rev or shown.bounds.newest),
    view=view,
    page=page.name,
    touch=user_agent_is_touch(),
    place=st.container(key="proof"),
    share_place=share_place,
    rules=(read_number(st.query_params.get("rules", "")) or 1) if is_proof else NEWEST_RULES,
)
keep_frame(frame)
draw_header(header, frame)
draw_drop_zone()
if frame.greets:
    draw_first_steps(frame)
with page_turn(page):
    script.run()
