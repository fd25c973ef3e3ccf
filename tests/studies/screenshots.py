"""
The pictures of the README and docs:  python -m tests.studies.screenshots [FOLDER] [PAGE...]

The app runs over the bundled sample; each page at 1440 × 900 in both themes, a few on a phone. Few colours keep them
small.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from tests.browsing import ROOT, browser, sample_app, settle

PAGES = {
    "overview": "/",
    "theme": "/theme?theme=ai_labs",
    "company": "/company?company=nvidia",
    "compare": "/compare",
    "lead-lag": "/lead_lag",
    "events": "/events",
    "network": "/network",
    "alarms": "/alarms",
    "articles": "/articles?q=HBM",
    "sources": "/sources",
    "catalog": "/catalog",
    "saved": "/saved",
}
ON_PHONES = ("overview", "theme", "articles")
COLOURS = 256
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def main(folder: Path, wanted: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sample_app(Path(place)) as address, browser() as opened:
        for name in wanted or PAGES:
            for theme in ("dark", "light"):
                take(opened, address + PAGES[name], folder / f"{name}-{theme}.png", DESKTOP, theme)
            if name in ON_PHONES:
                take(opened, address + PAGES[name], folder / f"{name}-light-phone.png", PHONE, "light")


def take(opened: Any, address: str, path: Path, size: dict[str, int], theme: str) -> None:
    """One picture, when everything is drawn."""
    page = opened.new_page(viewport=size, color_scheme=theme)
    page.goto(address)
    settle(page)
    page.locator("[data-testid=stSkeleton]").first.wait_for(state="detached", timeout=60_000)
    settle(page)
    page.wait_for_timeout(1_500)
    picture = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    print(f"{path}: {path.stat().st_size / 1_000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures", sys.argv[2:])
