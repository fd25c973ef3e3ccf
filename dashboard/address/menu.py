"""The pages, in the order of the menu: a script in views/ each, under the address of its name. A further page is a further row."""

from __future__ import annotations

PAGES: dict[str, tuple[str, str]] = {
    "overview": (
        "Overview",
        "What is heating up: themes and companies by how unusual their attention is, beside their prices.",
    ),
    "theme": (
        "Theme",
        "One theme's attention over time, by company or sub-theme, against its basket or chosen listings.",
    ),
    "company": (
        "Company",
        "One company's price with its attention under it, its themes, the companies named with it, its stories.",
    ),
    "compare": (
        "Compare",
        "Up to eight themes and companies side by side: attention, prices, and the one against the other.",
    ),
    "network": ("Network", "Who is named together in stories more than chance has it, and who supplies whom."),
    "lead_lag": ("Lead-lag", "Does talk lead price? A verdict that counts everything looked at, and can say no."),
    "events": ("Events", "What prices did beyond the market when companies were suddenly talked about."),
    "alarms": ("Alarms", "Days that ring if so many false alarms a week are allowed, and how often it really rang."),
    "articles": ("Articles", "Search all articles; each shows the words that linked it to a company or theme."),
    "sources": (
        "Sources",
        "What each source last brought, where it failed, how much came on each day; and the update.",
    ),
    "catalog": (
        "Catalog",
        "The words that link stories to themes and companies: edit them, see what that changes, correct a link.",
    ),
    "saved": (
        "Saved views",
        "Views that were saved or shared, until when their short links work; an exported file's view.",
    ),
}
"""Address → title, what the page is for."""

WITHOUT_TIME = ("network", "lead_lag", "events", "alarms", "articles", "sources", "saved")
"""Pages without a chart by period: they do not show the grain and the measure."""
