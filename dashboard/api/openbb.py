"""
What OpenBB Workspace asks a data backend for: its widgets, and an app that lays them out.

Workspace is a page of another site: its reader's browser lets it read this data when CHOKEPOINT_ALLOW_ORIGINS names that site
(dashboard/api/origins.py).
"""

from __future__ import annotations

from typing import Any

from data.catalog.records import Catalog

GROUP: dict[str, Any] = {
    "name": "Group 1",
    "type": "param",
    "paramName": "subject",
    "defaultValue": "theme:memory",
    "widgetIds": ["chokepoint_attention", "chokepoint_receipts"],
}
GRAINS = {"day": "Day", "week": "Week", "month": "Month"}
ATTENTION = {
    "period": ("Period", "dateString"),
    "stories": ("Stories", "number"),
    "articles": ("Articles", "number"),
    "all_stories": ("All stories", "number"),
    "share": ("Share of all stories", "share"),
}
MENTIONS = {
    "day": ("Day", "dateString"),
    "title": ("Title", "text"),
    "publisher": ("Publisher", "text"),
    "matched": ("Words", "text"),
    "rule": ("Rule", "text"),
    "relevance": ("Relevance", "number"),
    "url": ("Address", "text"),
    "story": ("Story", "number"),
}
PRICES = {
    "session": ("Session", "dateString"),
    "open": ("Open", "number"),
    "high": ("High", "number"),
    "low": ("Low", "number"),
    "close": ("Close", "number"),
    "adjusted_close": ("Adjusted close", "number"),
    "volume": ("Volume", "number"),
    "currency": ("Currency", "text"),
}


def widgets(catalog: Catalog) -> dict[str, Any]:
    """widgets.json: attention, the stories behind it and prices as tables, with the catalog's names to choose from."""
    themes = [{"label": theme.name, "value": theme.key} for theme in catalog.themes.values()]
    companies = [{"label": company.name, "value": company.key} for company in catalog.companies.values()]
    listed = [{"label": company.name, "value": company.id} for company in catalog.companies.values() if company.ticker]
    subject = _choice("subject", "Subject", themes + companies, "theme:memory")
    grain = _choice("grain", "Grain", [{"label": label, "value": value} for value, label in GRAINS.items()], "week")
    company = _choice("company", "Company", listed, "micron")
    said = "Stories about a theme or company by period, and their share of all stories"
    return {
        "chokepoint_attention": _widget(
            "Attention", said, "attention", ATTENTION, [subject, grain], chart=["period", "stories"]
        ),
        "chokepoint_receipts": _widget(
            "Stories", "The stories behind the counts, newest first", "mentions", MENTIONS, [subject]
        ),
        "chokepoint_prices": _widget("Prices", "A listing's prices by session", "prices", PRICES, [company]),
    }


def apps() -> list[dict[str, Any]]:
    """apps.json: one app with the three widgets side by side; attention and its stories follow one choice of a subject."""
    places = [("chokepoint_attention", 0, 0, 20), ("chokepoint_prices", 20, 0, 20), ("chokepoint_receipts", 0, 15, 40)]
    layout = [
        {
            "i": name,
            "x": x,
            "y": y,
            "w": width,
            "h": 15,
            "groups": [GROUP["name"]] if name in GROUP["widgetIds"] else [],
        }
        for name, x, y, width in places
    ]
    return [
        {
            "name": "Chokepoint",
            "description": "Attention to the AI supply chain against share prices",
            "img": "",
            "img_dark": "",
            "img_light": "",
            "allowCustomization": True,
            "tabs": {"attention": {"id": "attention", "name": "Attention", "layout": layout}},
            "groups": [GROUP],
            "prompts": [],
        }
    ]


def _widget(
    name: str,
    description: str,
    endpoint: str,
    columns: dict[str, tuple[str, str]],
    params: list[dict[str, Any]],
    *,
    chart: list[str] | None = None,
) -> dict[str, Any]:
    """A table of an endpoint's rows, with its dates to choose. `chart`: the columns that it is drawn from at first, time before numbers."""
    view = {"chartView": {"enabled": True, "chartType": "column", "cellRangeCols": {"column": chart}}} if chart else {}
    return {
        "name": name,
        "description": description,
        "category": "News",
        "source": ["Chokepoint"],
        "type": "table",
        "endpoint": f"api/v1/{endpoint}",
        "gridData": {"w": 20, "h": 15},
        "data": {
            "dataKey": "rows",
            "table": {
                "showAll": True,
                **view,
                "columnsDefs": [_column(field, *words) for field, words in columns.items()],
            },
        },
        "params": [*params, *_dates()],
    }


def _column(field: str, header: str, kind: str) -> dict[str, Any]:
    """`kind`: one of Workspace's, or "share", a fraction that is read as a percentage."""
    if kind == "share":
        return {
            "field": field,
            "headerName": header,
            "cellDataType": "number",
            "formatterFn": "normalizedPercent",
            "chartDataType": "series",
        }
    use = {"number": "series", "dateString": "time"}.get(kind, "excluded")
    return {"field": field, "headerName": header, "cellDataType": kind, "chartDataType": use}


def _choice(name: str, label: str, options: list[dict[str, str]], value: str) -> dict[str, Any]:
    return {"paramName": name, "label": label, "type": "text", "value": value, "options": options, "description": label}


def _dates() -> list[dict[str, Any]]:
    """The window. No value is no date: the answer is of the year up to the last day with news."""
    words = {"from": "First day", "to": "Last day"}
    return [
        {"paramName": name, "label": label, "type": "date", "value": None, "description": label}
        for name, label in words.items()
    ]
