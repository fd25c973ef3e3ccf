"""The row at the top: the mark and the pages, each link with the dates and filters of now and the page's own last values."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from dashboard.address import last_values
from dashboard.commandbox import draw_command
from dashboard.frame import Frame


def draw_header(header: DeltaGenerator, frame: Frame, pages: Mapping[str, StreamlitPage]) -> None:
    """Not Streamlit's own menu: its links drop the address's parameters, so Back would pass a page without any."""
    with header:
        st.html('<div class="cp-brand">Chokepoint</div>', width="content")
        with st.container(key="command_box", width="content"):
            draw_command(frame)
        for name, page in pages.items():
            here = "nav_here" if name == frame.page else f"nav_{name}"
            with st.container(key=here, width="content"):
                st.page_link(page, query_params=frame.query(**last_values(name)))
