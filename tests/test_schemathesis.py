"""
The API asked by schemathesis, which makes its questions from the OpenAPI document: no answer is one that the document
does not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette

from builders import article, linked, save
from dashboard.api.routes import Api
from data.schema.store import open_store

KEY = {"Authorization": "Bearer s3cret"}
QUESTIONS = 60  # of each address


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The document of the API over a store with two stories."""
    monkeypatch.setenv("CHOKEPOINT_API_KEY", "s3cret")
    with open_store(tmp_path / "store.db") as store:
        save(
            store,
            linked(article("Micron sells out"), "theme:memory", "company:micron"),
            linked(article("It rains"), story=-2),
        )
    api = Api(f"sqlite:///{tmp_path}/store.db")
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", Starlette(routes=api.routes()), headers=KEY)


def test_no_answer_is_one_that_the_document_does_not_have(document: Any) -> None:
    wanted = [checks.not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
    asked = 0
    for found in document.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=QUESTIONS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(headers=KEY, checks=wanted)

        ask()
        asked += 1
    print(f"{asked} addresses, up to {QUESTIONS} questions each")
    assert asked == 12
