"""What OpenBB Workspace asks a data backend for: its widgets, and an app that lays them out."""

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
DAYS = {"day": "Day", "week": "Week", "month": "Month"}


def widgets(catalog: Catalog) -> dict[str, Any]:
    """widgets.json: attention, receipts and prices as tables, with the catalog's names to choose from."""
    themes = [{"label": theme.name, "value": theme.key} for theme in catalog.themes.values()]
    companies = [{"label": company.name, "value": company.key} for company in catalog.companies.values()]
    listed = [{"label": company.name, "value": company.id} for company in catalog.companies.values() if company.ticker]
    subject = _choice("subject", "Subject", themes + companies, "theme:memory")
    grain = _choice("grain", "Grain", [{"label": label, "value": value} for value, label in DAYS.items()], "week")
    return {
        "chokepoint_attention": _widget(
            "Attention",
            "Stories about a theme or company by period, and their share of all stories",
            "attention",
            [subject, grain, *_dates()],
        ),
        "chokepoint_receipts": _widget("Stories", "The stories behind the counts, newest first", "receipts", [subject, *_dates()]),
        "chokepoint_prices": _widget(
            "Prices", "A listing's prices by session", "prices", [_choice("company", "Company", listed, "micron"), *_dates()]
        ),
    }


def apps() -> list[dict[str, Any]]:
    """apps.json: one app with the three widgets side by side; attention and its stories follow one choice of a subject."""
    places = [("chokepoint_attention", 0, 0, 20), ("chokepoint_prices", 20, 0, 20), ("chokepoint_receipts", 0, 15, 40)]
    layout = [
        {"i": name, "x": x, "y": y, "w": width, "h": 15, "groups": [GROUP["name"]] if name in GROUP["widgetIds"] else []}
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
        }
    ]


def _widget(name: str, description: str, endpoint: str, params: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "category": "News",
        "type": "table",
        "endpoint": f"api/v1/{endpoint}",
        "gridData": {"w": 20, "h": 15},
        "data": {"dataKey": "rows", "table": {"showAll": True}},
        "params": params,
    }


def _choice(name: str, label: str, options: list[dict[str, str]], value: str) -> dict[str, Any]:
    return {"paramName": name, "label": label, "type": "text", "value": value, "options": options, "description": label}


def _dates() -> list[dict[str, Any]]:
    words = {"from": "First day", "to": "Last day"}
    return [{"paramName": name, "label": label, "type": "date", "value": "", "description": label} for name, label in words.items()]
