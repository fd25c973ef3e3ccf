"""The Streamlit app, its HTTP API, and the computation of the pages' data."""

from pathlib import Path

STREAMLIT_CONFIG = Path(__file__).resolve().parent / ".streamlit" / "config.toml"
