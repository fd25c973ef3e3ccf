"""The pages, in the order of the menu: a script in views/ each, under the address of its name. A further page is a further row."""

from __future__ import annotations

PAGES: dict[str, tuple[str, str]] = {
    "overview": ("Overview", "What is heating up: themes and companies by how unusual their attention is, beside their prices."),
    "theme": ("Theme", "One theme's attention over time, by company or sub-theme, against its basket or chosen listings."),
    "company": ("Company", "One company's price with its attention under it, its themes, the companies named with it, its stories."),
    "articles": ("Articles", "Search all articles; each shows the words that linked it to a company or theme."),
    "sources": ("Sources", "What each source last brought, where it failed, how much came on each day; and the update."),
    "saved": ("Saved views", "Views that were saved or shared, until when their short links work; an exported file's view."),
}
"""Address → title, what the page is for."""

WITHOUT_TIME = ("articles", "sources", "saved")
"""Pages without a chart by period: they do not show the grain and the measure."""
