"""
The app: what surrounds every page.

    store → sample notice → shared controls → the page

Runs inside `python -m dashboard`, or alone: `streamlit run dashboard/app.py`.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.address.menu import WITHOUT_TIME
from dashboard.address.paging import pages
from dashboard.cache import load, opening
from dashboard.components import controls
from dashboard.components.address_bar import ignored_words, read_address
from dashboard.components.drop_zone import draw_drop_zone
from dashboard.components.frame import Frame, keep_frame, user_agent_is_touch
from dashboard.components.header import draw_header
from dashboard.formatting import day_words, escape, escape_markdown
from dashboard.serving.page_lock import turn
from data.errors import ChokepointError

HERE = Path(__file__).resolve().parent

st.set_page_config(page_title="Chokepoint", page_icon=str(HERE / "assets" / "mark.svg"), layout="wide")
st.html(HERE / "assets" / "style.css")

page = st.navigation(pages(), position="hidden")
address = page.url_path or "overview"
header = st.container(key="header", horizontal=True, vertical_alignment="center", gap="small", wrap=False)

try:
    url = opening.ready_store()
    shown = load.shown_store(url)
except ChokepointError as error:
    st.error(escape_markdown(str(error)))
    st.stop()

read_address(address, shown.bounds)
if shown.is_sample:
    st.html(
        f'<p class="cp-sample"><b>Sample data.</b> {escape(opening.ORIGIN)}, to {day_words(shown.bounds.last_day)}. '
        "A share of voice here is a share of this sample. Bring in your own news on the Sources page.</p>"
    )
ignored_words()
view, share_place = controls.draw_controls(shown, over_time=address not in WITHOUT_TIME)
frame = Frame(
    shown=shown,
    catalog=load.catalog_at(url, view.rev or shown.bounds.newest),
    view=view,
    page=address,
    touch=user_agent_is_touch(),
    place=st.container(key="proof"),
    share_place=share_place,
)
keep_frame(frame)
draw_header(header, frame)
draw_drop_zone()
with turn(address):
    page.run()
