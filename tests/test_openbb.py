"""
What OpenBB Workspace documents of widgets.json and apps.json, as rules of our own, held against what we serve.

Its documentation: docs.openbb.co/workspace/developers/json-specs, the pages "Widgets.json reference" and "apps.json
reference", and what the check of its backends' examples asks: an app has prompts, groups are named "Group 1" and so on,
rows are flat.
"""

from __future__ import annotations

import re
from types import NoneType
from typing import Any

import pytest

from dashboard.api.openbb import apps, widgets
from data.catalog import load_catalog

TYPES = {
    "table", "table_ssrm", "chart", "markdown", "metric", "note", "newsfeed", "multi_file_viewer", "live_grid",
    "advanced-chart",
    "chart-highcharts", "chart-vegalite", "youtube",
}  # fmt: skip
PARAMS = {"date", "text", "ticker", "number", "boolean", "endpoint", "form", "tabs"}
WIDTHS, HEIGHTS = range(10, 41), range(4, 101)
WIDGET = {
    "name": str, "description": str, "endpoint": str, "category": str, "subCategory": str, "type": str,
    "gridData": dict, "data": dict,
    "params": list, "source": list, "refetchInterval": (int, bool, str), "staleTime": int, "runButton": bool,
    "exportable": bool, "raw": bool,
    "imgUrl": str, "mcp_tool": dict, "dataUpdateDisplay": str, "wsEndpoint": str,
}  # fmt: skip
TABLE = {
    "enableCharts": bool, "showAll": bool, "transpose": bool, "enableAdvanced": bool, "enableFormulas": bool,
    "formatterFn": str,
    "chartView": dict, "columnsDefs": list,
}  # fmt: skip
VIEW = {
    "enabled": bool, "chartType": str, "cellRangeCols": dict, "ignoreCellRange": bool, "chartNavigatorEnabled": bool,
    "chartMiniChartEnabled": bool,
}  # fmt: skip
COLUMN = {
    "field": str, "headerName": str, "chartDataType": str, "cellDataType": str, "align": str, "formatterFn": str,
    "decimalPlaces": int,
    "renderFn": (str, list), "renderFnParams": dict, "width": int, "maxWidth": int, "minWidth": int, "hide": bool,
    "pinned": str,
    "headerTooltip": str, "prefix": str, "suffix": str, "sparkline": dict,
}  # fmt: skip
ALLOWED = {
    "cellDataType": {"text", "number", "boolean", "date", "dateString", "object"},
    "chartDataType": {"category", "series", "time", "excluded"},
    "formatterFn": {"int", "none", "percent", "normalized", "normalizedPercent", "dateToYear"},
}
PARAM = {
    "paramName": str, "label": str, "type": str, "value": (str, int, float, bool, NoneType), "description": str,
    "options": list, "show": bool,
    "optional": bool, "multiSelect": bool, "multiple": bool, "optionsEndpoint": str, "optionsParams": dict,
    "style": dict, "roles": list,
}  # fmt: skip
APP = {
    "name": str, "description": str, "img": str, "img_dark": str, "img_light": str, "allowCustomization": bool,
    "selected_agent": str,
    "authentication": str, "tabs": dict, "groups": list, "prompts": list,
}  # fmt: skip
PLACE = {"i": str, "x": int, "y": int, "w": int, "h": int, "groups": list, "state": dict}
GROUP = {"name": str, "type": str, "paramName": str, "widgetIds": list, "defaultValue": (str, int, float, bool)}


def problems(thing: dict[str, Any], fields: dict[str, Any], required: set[str], where: str) -> list[str]:
    """What of a thing its documentation does not have, has as another kind, or wants."""
    found = [f"{where}: {name} is not documented" for name in thing.keys() - fields.keys()]
    found += [f"{where}: {name} is missing" for name in required - thing.keys()]
    return found + [
        f"{where}: {name} is a {type(value).__name__}"
        for name, value in thing.items()
        if name in fields and not isinstance(value, fields[name])
    ]


def widget_problems(name: str, widget: dict[str, Any]) -> list[str]:
    found = problems(widget, WIDGET, {"name", "description", "endpoint"}, name)
    found += [f"{name}: {field} is empty" for field in ("name", "description", "endpoint") if not widget.get(field)]
    grid = widget.get("gridData", {"w": 20, "h": 15})
    found += [f"{name}: type {widget['type']}"] if widget.get("type", "table") not in TYPES else []
    found += [f"{name}: gridData {grid}"] if grid["w"] not in WIDTHS or grid["h"] not in HEIGHTS else []
    for param in widget.get("params", []):
        where = f"{name}.{param.get('paramName')}"
        found += problems(param, PARAM, {"paramName", "type"}, where)
        found += [f"{where}: type {param['type']}"] if param.get("type") not in PARAMS else []
        options = param.get("options", [])
        found += [f"{where}: option {option}" for option in options if set(option) != {"label", "value"}]
        found += (
            [f"{where}: {param['value']} is no option"]
            if options and param["value"] not in [one["value"] for one in options]
            else []
        )
    found += table_problems(name, widget.get("data", {}).get("table", {}))
    names = [param["paramName"] for param in widget.get("params", [])]
    return found + ([f"{name}: a parameter twice"] if len(set(names)) < len(names) else [])


def table_problems(name: str, table: dict[str, Any]) -> list[str]:
    found = problems(table, TABLE, set(), f"{name}.table") + problems(
        table.get("chartView", {}), VIEW, set(), f"{name}.chartView"
    )
    fields = [column["field"] for column in table.get("columnsDefs", [])]
    for column in table.get("columnsDefs", []):
        where = f"{name}.{column['field']}"
        found += problems(column, COLUMN, {"field"}, where)
        found += [
            f"{where}: {key} {column[key]}"
            for key, values in ALLOWED.items()
            if key in column and column[key] not in values
        ]
    drawn = {field for own in table.get("chartView", {}).get("cellRangeCols", {}).values() for field in own}
    return found + [f"{name}: {field} is drawn but is no column" for field in sorted(drawn - set(fields))]


def app_problems(app: dict[str, Any], known: dict[str, Any]) -> list[str]:
    found = problems(
        app, APP, {"name", "description", "img", "allowCustomization", "tabs", "groups", "prompts"}, app["name"]
    )
    groups = {group["name"]: group for group in app["groups"]}
    for group in app["groups"]:
        found += problems(group, GROUP, {"name", "type", "paramName", "widgetIds"}, group["name"])
        found += [f"group {group['name']}"] if not re.fullmatch(r"Group \d+", group["name"]) else []
        found += [f"group type {group['type']}"] if group["type"] not in {"param", "endpointParam"} else []
        takers = {
            ident
            for ident, widget in known.items()
            if group["paramName"] in {param["paramName"] for param in widget["params"]}
        }
        found += [f"{ident} does not take {group['paramName']}" for ident in set(group["widgetIds"]) - takers]
    for key, tab in app["tabs"].items():
        found += problems(tab, {"id": str, "name": str, "layout": list}, {"id", "name", "layout"}, key)
        found += [f"tab {key} has the id {tab['id']}"] if tab["id"] != key else []
        for place in tab["layout"]:
            found += problems(place, PLACE, {"i", "x", "y", "w", "h"}, place["i"])
            fits = (
                place["i"] in known
                and place["x"] + place["w"] <= WIDTHS[-1]
                and place["w"] in WIDTHS
                and place["h"] in HEIGHTS
            )
            found += [] if fits else [f"{place} does not fit"]
            found += [
                f"{place['i']} is in no group {name}"
                for name in place.get("groups", [])
                if place["i"] not in groups[name]["widgetIds"]
            ]
        found += ["two widgets on one place"] if overlapping(tab["layout"]) else []
    return found


def overlapping(layout: list[dict[str, Any]]) -> bool:
    cells = [
        (x, y)
        for place in layout
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    return len(cells) > len(set(cells))


def test_widgets_and_apps_are_as_workspace_documents_them() -> None:
    served = widgets(load_catalog())
    assert [problem for name, widget in served.items() for problem in widget_problems(name, widget)] == []
    assert [problem for app in apps() for problem in app_problems(app, served)] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"endpoint": ""}, "endpoint is empty"),
        ({"type": "tables"}, "type tables"),
        ({"gridData": {"w": 41, "h": 15}}, "gridData"),
        ({"data": {"table": {"columnsDefs": [{"field": "a", "cellDataType": "words"}]}}}, "cellDataType words"),
        ({"data": {"table": {"chartView": {"cellRangeCols": {"column": ["b"]}}}}}, "b is drawn but is no column"),
        ({"colour": "red"}, "colour is not documented"),
        ({"params": [{"paramName": "a", "type": "list"}]}, "type list"),
        (
            {"params": [{"paramName": "a", "type": "text", "value": "x", "options": [{"label": "Y", "value": "y"}]}]},
            "x is no option",
        ),
    ],
)
def test_the_rules_find_what_breaks_them(change: dict[str, Any], says: str) -> None:
    widget = next(iter(widgets(load_catalog()).values())) | change
    assert any(says in problem for problem in widget_problems("w", widget))
