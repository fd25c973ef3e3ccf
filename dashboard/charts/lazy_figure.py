"""
Figures as plain dicts, which become plotly's when somebody looks into them. All that relies on plotly's insides is here.

To make a plotly figure and to take it apart again takes longer than making the chart, and most are only sent to the page.
Where a plotly does not know these insides, figures are made in its own way: slower, and the same.
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

_making = threading.RLock()


class Uncopied(list[Any]):
    """Values that nobody writes into: plotly copies every value of a chart three times on its way to the page."""

    def __deepcopy__(self, _memo: object) -> Uncopied:
        return self


class LazyFigure(go.Figure):
    """plotly's figure, made of its traces and layout when one of its attributes is asked for."""

    def __init__(self, data: Sequence[Trace], layout: Mapping[str, Any]) -> None:
        vars(self)["_unmade"] = list(data), dict(layout)

    def __getattr__(self, name: str) -> Any:
        with _making:  # a file may be made of it while the page is
            unmade = vars(self).pop("_unmade", None)
            if unmade:
                self._make(*unmade)
        return object.__getattribute__(self, name)

    def _make(self, data: list[Trace], layout: dict[str, Any]) -> None:
        try:
            # plotly would look at every value again; tests/test_charts.py has it look.
            super().__init__(data=data, layout=layout, _validate=False)
        except TypeError:
            log.warning("This plotly always validates its figures: charts are made more slowly.")
            super().__init__(data=data, layout=layout)

    def unmade(self) -> tuple[list[Trace], dict[str, Any]] | None:
        """The traces and the layout as they were given, to be read only; None when they have become plotly's."""
        return vars(self).get("_unmade")

    def to_dict(self) -> dict[str, Any]:
        """What goes to the page. To be read only."""
        unmade = self.unmade()
        if unmade is None:
            return super().to_dict()
        data, layout = unmade
        return {"data": [_sent(trace) for trace in data], "layout": _sent(layout) | _template(pio.templates.default)}

    def __reduce__(self) -> tuple[Any, ...]:
        return go.Figure, (self.to_dict(),)


def figure_of(data: Sequence[Trace], layout: Mapping[str, Any]) -> LazyFigure:
    """The figure of these traces, whose lists are not to be changed any more."""
    return LazyFigure([_uncopied(trace) for trace in data], layout)


def _uncopied(values: Trace) -> Trace:
    trace = {name: Uncopied(value) if type(value) is list else value for name, value in values.items()}
    return trace if "marker" not in trace else {**trace, "marker": _uncopied(trace["marker"])}


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
