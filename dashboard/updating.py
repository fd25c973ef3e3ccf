"""The update, started from a page."""

from __future__ import annotations

import streamlit as st

from dashboard.frame import Frame


def draw_update(frame: Frame) -> None:
    st.button("Update now", icon=":material/refresh:", key="update")
