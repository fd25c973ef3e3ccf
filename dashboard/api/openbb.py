"""
The files that OpenBB Workspace requests from a data backend: its widgets, and an app that lays them out.

Workspace is a page of another site: the browser lets it read this data when CHOKEPOINT_ALLOW_ORIGINS names that site
(dashboard/api/origins.py).
"""

from __future__ import annotations

from typing import Any

from dashboard.address.params import GRAINS
from data.catalog.records import Catalog

GROUP: dict[str, Any] = {
    "name": "Group 1",
    "type": "param",
    "paramName": "subject",
    "defaultValue": "theme:memory",
    "widgetIds": ["chokepoint_attention", "chokepoint_receipts"],
}
ATTENTION_FIELDS = {
    "period": ("Period", "dateString"),
    "stories": ("Stories", "number"),
    "articles": ("Articles", "number"),
    "all_stories": ("All stories", "number"),
    "share": ("Share of all stories", "share"),
}
MENTION_FIELDS = {
    "day": ("Day", "dateString"),
    "title": ("Title", "text"),
    "publisher": ("Publisher", "text"),
    "matched": ("Words", "text"),
    "rule": ("Rule", "text"),
    "relevance": ("Relevance", "number"),
    "url": ("Address", "text"),
    "story": ("Story", "number"),
}
PRICE_FIELDS = {
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
    attention = "Stories about a theme or company by period, and their share of all stories"
    stories = "The stories behind the counts, newest first"
    return {
        "chokepoint_attention": _widget(
            "Attention", attention, "attention", ATTENTION_FIELDS, [subject, grain], chart=["period", "stories"]
        ),
        "chokepoint_receipts": _widget("Stories", stories, "mentions", MENTION_FIELDS, [subject]),
        "chokepoint_prices": _widget("Prices", "A listing's prices by session", "prices", PRICE_FIELDS, [company]),
    }


def apps() -> list[dict[str, Any]]:
    """apps.json: one app with the three widgets; attention and its stories share one choice of a subject."""
    grid = [("chokepoint_attention", 0, 0, 20), ("chokepoint_prices", 20, 0, 20), ("chokepoint_receipts", 0, 15, 40)]
    layout = [
        {
            "i": name,
            "x": x,
            "y": y,
            "w": width,
            "h": 15,
            "groups": [GROUP["name"]] if name in GROUP["widgetIds"] else [],
        }
        for name, x, y, width in grid
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
    """
    A table of an endpoint's rows, with its dates to choose. `chart`: the columns of its first chart, time before
    numbers.
    """
    view = {"chartView": {"enabled": True, "chartType": "column", "cellRangeCols": {"column": chart}}} if chart else {}
    columns_defs = [_column(field, *header) for field, header in columns.items()]
    return {
        "name": name,
        "description": description,
        "category": "News",
        "source": ["Chokepoint"],
        "type": "table",
        "endpoint": f"api/v1/{endpoint}",
        "gridData": {"w": 20, "h": 15},
        "data": {"dataKey": "rows", "table": {"showAll": True, **view, "columnsDefs": columns_defs}},
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
    """The window. Without dates the answer covers the year up to the last day with news."""
    labels = {"from": "First day", "to": "Last day"}
    return [
        {"paramName": name, "label": label, "type": "date", "value": None, "description": label}
        for name, label in labels.items()
    ]
