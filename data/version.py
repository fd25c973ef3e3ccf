"""The version of the program. Stated here once, since a checkout may run without being installed."""

from __future__ import annotations

VERSION = "0.1.0"
