"""Who is reading: what saved views, notes and corrections are signed with."""

from __future__ import annotations

import streamlit as st

EVERYBODY = "everybody"


def reader_name() -> str:
    """The signed-in person's address; without a login all readers are one."""
    if not st.user.get("is_logged_in"):
        return EVERYBODY
    return str(st.user.get("email") or st.user.get("sub") or EVERYBODY)
