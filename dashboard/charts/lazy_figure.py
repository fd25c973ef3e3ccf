"""
Figures as plain dicts, which plotly parses when they are first read. All that relies on plotly's internals is here.

Parsing and serialising take longer than building the chart, and most charts are only sent to the page. Where a plotly
lacks these internals, it validates each figure: slower, with the same result.
"""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio

log = logging.getLogger(__name__)

Trace = dict[str, Any]

SENT_AS_IS = frozenset({str, int, float, bool, list})
PACKED = frozenset({"i1", "i2", "i4", "u1", "u2", "u4", "f4", "f8"})
SMALLER = {"i": ("i1", "i2", "i4"), "u": ("u1", "u2", "u4")}
"""plotly.js reads no whole numbers of 64 bits: the smallest of these that holds them goes to the page."""

_parsing = threading.RLock()


class SharedList(list[Any]):
    """Values that are never modified: plotly would copy every value of a chart three times on its way to the page."""

    def __deepcopy__(self, _memo: object) -> SharedList:
        return self


class LazyFigure(go.Figure):
    """A plotly figure that parses its traces only when somebody reads it."""

    def __init__(self, data: Sequence[Trace], layout: Mapping[str, Any]) -> None:
        vars(self)["_unparsed"] = list(data), dict(layout)

    def __getattr__(self, name: str) -> Any:
        with _parsing:  # an export may read it while the page is drawn
            unparsed = vars(self).pop("_unparsed", None)
            if unparsed:
                self._parse(*unparsed)
        return object.__getattribute__(self, name)

    def _parse(self, data: list[Trace], layout: dict[str, Any]) -> None:
        try:
            # plotly would validate every value; tests/test_charts.py has it do so.
            super().__init__(data=data, layout=layout, _validate=False)
        except TypeError:
            log.warning("This plotly always validates its figures: charts are made more slowly.")
            super().__init__(data=data, layout=layout)

    def unparsed(self) -> tuple[list[Trace], dict[str, Any]] | None:
        """The traces and the layout as they were given, for reading only; None once plotly has parsed them."""
        return vars(self).get("_unparsed")

    def to_dict(self) -> dict[str, Any]:
        """What is sent to the page, for reading only."""
        unparsed = self.unparsed()
        if unparsed is None:
            return super().to_dict()
        data, layout = unparsed
        return {"data": [_sent(trace) for trace in data], "layout": _sent(layout) | _template(pio.templates.default)}

    def __reduce__(self) -> tuple[Any, ...]:
        return go.Figure, (self.to_dict(),)


def figure_of(data: Sequence[Trace], layout: Mapping[str, Any]) -> LazyFigure:
    """The figure of these traces, whose lists must not change afterwards."""
    return LazyFigure([_shared(trace) for trace in data], layout)


def _shared(values: Trace) -> Trace:
    trace = {name: SharedList(value) if type(value) is list else value for name, value in values.items()}
    return trace if "marker" not in trace else {**trace, "marker": _shared(trace["marker"])}


def _sent(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the page gets them, arrays packed."""
    return {name: value if type(value) in SENT_AS_IS else _packed(value) for name, value in values.items()}


def _packed(value: Any) -> Any:
    if isinstance(value, dict):
        return _sent(value)
    return typed_array(value) if isinstance(value, np.ndarray) else value


def typed_array(values: np.ndarray) -> Any:
    """The numbers as plotly.js reads a packed array (dtype, base64 bytes, shape); other values as they are."""
    if values.dtype in (np.int64, np.uint64) and values.size:
        lowest, highest = values.min(), values.max()
        holds = (
            kind for kind in SMALLER[values.dtype.kind] if np.iinfo(kind).min <= lowest <= highest <= np.iinfo(kind).max
        )
        values = values.astype(next(holds, values.dtype))
    code = values.dtype.str[1:]
    if code not in PACKED or not values.size:
        return values
    spec = {"dtype": code, "bdata": base64.b64encode(np.ascontiguousarray(values)).decode("ascii")}
    return spec | ({"shape": str(values.shape)[1:-1]} if values.ndim > 1 else {})


@cache
def _template(name: str | None) -> dict[str, Any]:
    return {"template": pio.templates[name].to_plotly_json()} if name else {}
