"""Figures that stay plain until somebody looks into them: the same on the page as plotly's own, on any plotly."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dashboard.charts.lazy_figure import LazyFigure, figure_of

NUMBERS = arrays.arrays(
    st.sampled_from(["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"]),
    arrays.array_shapes(max_dims=2, max_side=4) | st.just((0,)),
)


def bars() -> LazyFigure:
    return figure_of([{"type": "bar", "x": ["a", "b"], "y": np.array([1, 2])}], {"height": 300})


def on_the_page(figure: go.Figure) -> dict[str, Any]:
    return json.loads(pio.to_json(figure, validate=False))


@given(values=NUMBERS)
def test_arrays_go_to_the_page_as_plotly_packs_them(values: np.ndarray) -> None:
    trace = {"type": "heatmap", "z": values}
    assert on_the_page(figure_of([trace], {}))["data"] == on_the_page(go.Figure([trace]))["data"]


def test_looking_into_a_figure_or_copying_it_changes_nothing_on_the_page() -> None:
    sent = on_the_page(bars())
    figure = bars()
    assert figure.data[0].y.tolist() == [1, 2]
    assert figure.unparsed() is None
    assert (
        sent
        == on_the_page(figure)
        == on_the_page(copy.deepcopy(bars()))
        == on_the_page(pickle.loads(pickle.dumps(bars())))
    )


def test_a_plotly_that_always_validates_draws_the_same(monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    known = go.Figure.__init__

    def strict(self: go.Figure, data: Any = None, layout: Any = None, **others: Any) -> None:
        if "_validate" in others:
            raise TypeError("invalid Figure property: _validate")
        known(self, data=data, layout=layout, **others)

    sent = on_the_page(bars())
    monkeypatch.setattr(go.Figure, "__init__", strict)
    figure = bars()
    assert figure.layout.height == 300
    assert "validates" in caplog.text
    assert on_the_page(figure) == sent
