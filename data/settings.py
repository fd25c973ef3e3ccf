"""
Everything that can be set from outside: one table of environment variables.

The environment is read at every call of `settings`, so that a changed variable takes effect at once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import Any


def _variable(name: str, meaning: str, *, default: str = "") -> Any:
    return field(default=default, metadata={"name": name, "meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings as text; "" where a variable is not set and there is no default."""

    db: str = _variable("CHOKEPOINT_DB", "the store: a path or an SQLAlchemy URL (`data/chokepoint.db` otherwise)")
    sample_db: str = _variable(
        "CHOKEPOINT_SAMPLE_DB",
        "where the bundled sample is kept: a path or an SQLAlchemy URL (`data/chokepoint-sample.db`)",
    )
    api_key: str = _variable("CHOKEPOINT_API_KEY", "the key that opens `/api/v1` and `/mcp` to other machines")
    allow_origins: str = _variable(
        "CHOKEPOINT_ALLOW_ORIGINS",
        "sites whose pages may read `/api/v1` and `/mcp` in the browser, as `https://pro.openbb.co`; none by default",
    )
    allow_frames: str = _variable(
        "CHOKEPOINT_ALLOW_FRAMES",
        "sites whose pages may show a chart of `/embed` in a frame, such as `https://desk.example`; none by default",
    )
    hosts: str = _variable(
        "CHOKEPOINT_HOSTS",
        "names that the server is reached by, such as `news.example.org` of a proxy; none by default",
    )
    allow_addresses: str = _variable(
        "CHOKEPOINT_ALLOW_ADDRESSES",
        "private networks that feeds may be fetched from, such as `192.168.7.0/24`; none by default",
    )
    contact: str = _variable(
        "CHOKEPOINT_CONTACT", "an e-mail address that fetches carry, as some publishers ask of polite clients"
    )
    ssl_cert_file: str = _variable(
        "SSL_CERT_FILE", "a file of certificates to trust as well, such as the one of your company's proxy"
    )
    uploads: str = _variable(
        "CHOKEPOINT_UPLOADS",
        "the megabytes that files dropped by all readers may take together (`200` otherwise)",
        default="200",
    )
    catalog: str = _variable(
        "CHOKEPOINT_CATALOG", "the folder of your own catalog (a copy of `data/catalog/`), which the Catalog page edits"
    )
    model: str = _variable("CHOKEPOINT_MODEL", "the folder of a model that you trained (`data/model/` otherwise)")


def settings() -> Settings:
    """The settings as the environment has them now."""
    given = {setting.name: os.environ.get(setting.metadata["name"], "").strip() for setting in fields(Settings)}
    return Settings(**{name: text for name, text in given.items() if text})


def settings_table() -> list[tuple[str, str]]:
    """Each variable with what it means, for the README."""
    return [(setting.metadata["name"], setting.metadata["meaning"]) for setting in fields(Settings)]
