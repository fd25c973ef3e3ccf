from __future__ import annotations

import csv
import hashlib
import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from builders import NOW, article, days, linked, save
from dashboard.api.routes import Api
from dashboard.page_data.receipts import flat_receipts
from dashboard.page_data.rows import Row, sha256_of
from data.prices import save_prices
from data.records import Action, Bar
from data.schema.store import open_store

MEMORY = {"subject": "theme:memory", "from": "2026-04-20", "to": "2026-05-10", "grain": "week"}
HOME = ("127.0.0.1", 50000)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    path = tmp_path / "store.db"
    with open_store(path) as store:
        formula = article(
            "=HYPERLINK(1) in Micron's title",
            url="https://example.com/2",
            lang="zh",
            publisher="b.example",
            at=NOW - days(5),
        )
        save(
            store,
            linked(article("Micron sells out"), "theme:memory", "company:micron"),
            linked(formula, "theme:memory", story=-2),
        )
        bars = [
            Bar(
                ticker="MU",
                session=(NOW + days(i)).date(),
                open=9,
                high=11,
                low=8,
                close=10.0 + i,
                volume=100,
                currency="USD",
            )
            for i in range(3)
        ]
        save_prices(
            store,
            bars,
            [Action(ticker="MU", session=bars[2].session, kind="split", value=2)],
            provider="test",
            now=NOW,
            catalog_hash="c",
        )
    api = Api(f"sqlite:///{path}")
    with TestClient(Starlette(routes=api.routes()), base_url="http://127.0.0.1", client=HOME) as client:
        yield client


def rows(client: TestClient, name: str, **values: str) -> list[Row]:
    answer = client.get(f"/api/v1/{name}", params=values)
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def test_attention_has_a_row_a_period_with_its_denominator(client: TestClient) -> None:
    answer = client.get("/api/v1/attention", params=MEMORY).json()
    assert [row["period"] for row in answer["rows"]] == ["2026-04-20", "2026-04-27", "2026-05-04"]
    assert answer["rows"][1] == {"period": "2026-04-27", "stories": 1, "articles": 1, "all_stories": 1, "share": 1}
    assert answer["rows"][2]["share"] is None
    assert answer["revision"] == 2
    assert answer["sha256"] == sha256_of(answer["rows"])


def test_a_count_has_as_many_receipts_with_their_evidence(client: TestClient) -> None:
    for row in rows(client, "attention", **MEMORY):
        found = rows(client, "receipts", **MEMORY, period=row["period"])
        assert len(found) == row["stories"]
        for told in (told for story in found for told in story["articles"]):
            for mention in told["mentions"]:
                assert told[mention["field"]][mention["start"] : mention["end"]] == mention["matched"]


def test_an_answer_at_a_revision_stays_and_the_newest_is_named(client: TestClient) -> None:
    first = client.get("/api/v1/attention", params={**MEMORY, "rev": "1"}).json()
    assert first["revision"] == 1
    assert client.get("/api/v1/attention", params={**MEMORY, "rev": "99"}).status_code == 400


def test_prices_are_given_as_traded_and_adjusted(client: TestClient) -> None:
    found = rows(client, "prices", company="micron", **{"from": "2026-05-01", "to": "2026-05-02"})
    assert [(row["close"], row["adjusted_close"]) for row in found] == [(10, 5), (11, 5.5)]
    assert (
        "its listings are MU"
        in client.get("/api/v1/prices", params={"company": "micron", "listing": "X"}).json()["error"]
    )


def test_csv_has_the_same_numbers_and_no_live_formula(client: TestClient) -> None:
    table = csv.DictReader(io.StringIO(client.get("/api/v1/attention.csv", params=MEMORY).content.decode("utf-8-sig")))
    assert [int(row["stories"]) for row in table] == [row["stories"] for row in rows(client, "attention", **MEMORY)]
    stories = client.get("/api/v1/receipts.csv", params=MEMORY).content.decode("utf-8-sig")
    assert "'=HYPERLINK" in stories
    assert ",=HYPERLINK" not in stories


def test_the_sample_says_that_it_is_one_in_every_answer(tmp_path: Path, client: TestClient) -> None:
    with open_store(tmp_path / "sample.db", kind="sample") as store:
        save(store, linked(article("Micron sells out"), "theme:memory", "company:micron"))
    api = Api(f"sqlite:///{tmp_path}/sample.db")
    asked = {"attention": MEMORY, "receipts": MEMORY, "mentions": MEMORY, "view": {"page": "theme", "theme": "memory"}}
    with TestClient(Starlette(routes=api.routes()), base_url="http://127.0.0.1", client=HOME) as sample:
        for name, values in asked.items():
            assert sample.get(f"/api/v1/{name}", params=values).json()["sample"].startswith("sample: ")
            lines = list(
                csv.DictReader(
                    io.StringIO(sample.get(f"/api/v1/{name}.csv", params=values).content.decode("utf-8-sig"))
                )
            )
            assert lines and all(line["data"].startswith("sample: ") for line in lines)
    assert client.get("/api/v1/attention", params=MEMORY).json()["sample"] is None


def test_an_unchanged_answer_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/api/v1/attention", params=MEMORY)
    again = client.get("/api/v1/attention", params=MEMORY, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "subject is missing"),
        ({"subject": "theme:<script>"}, "no subject"),
        ({**MEMORY, "from": "2026-13-01"}, "takes a date"),
        ({**MEMORY, "from": "2026-06-01", "to": "2026-05-01"}, "is after"),
        ({**MEMORY, "from": "1990-01-01", "to": "2199-01-01"}, "hundred years"),
        ({**MEMORY, "grain": "year"}, "grain takes"),
        ({**MEMORY, "relevance": "101"}, "0 to 100"),
        ({**MEMORY, "rev": "0"}, "from 1 to 2"),
        ({**MEMORY, "rev": "1e9"}, "whole number"),
        ({**MEMORY, "q": "x" * 300}, "at most 200"),
        ({**MEMORY, "limt": "3"}, "not a parameter"),
        ({**MEMORY, "period": "2026-04-28"}, "does not begin a week"),
        ({**MEMORY, "from": "2026-W05-1"}, "takes a date"),
        ({**MEMORY, "subject": "theme:memory.hbm"}, "no subject"),
        ({**MEMORY, "company": "micron"}, "not a parameter of this address, which takes subject, period"),
        ({"subject": "theme:memory", "from": "2031-01-01"}, "after the store's last day"),
        ({**MEMORY, "grain": ["week", "day"]}, "given 2 times"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(client: TestClient, values: dict[str, str], says: str) -> None:
    answer = client.get("/api/v1/receipts", params=values)
    assert answer.status_code == 400
    assert says in answer.json()["error"]


@pytest.mark.parametrize(
    ("host", "caller", "headers"),
    [
        ("http://127.0.0.1", ("10.0.0.7", 1), {}),
        ("http://evil.example", HOME, {}),
        ("http://127.0.0.1", HOME, {"X-Forwarded-For": "10.0.0.7"}),
    ],
)
def test_without_a_key_only_this_machine_reads(
    client: TestClient, host: str, caller: tuple[str, int], headers: dict[str, str]
) -> None:
    stranger = TestClient(client.app, base_url=host, client=caller)
    for path in ("/api/v1/subjects", "/api/v1/openapi.json", "/widgets.json"):
        assert stranger.get(path, headers=headers).status_code == 403


def test_with_a_key_everybody_needs_it(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_API_KEY", "s3cret")
    assert client.get("/api/v1/subjects").status_code == 401
    assert client.get("/api/v1/subjects", headers={"Authorization": "Bearer s3cret"}).status_code == 200
    assert client.get("/api/v1/subjects", auth=("anyone", "s3cret")).status_code == 200
    assert client.get("/api/v1/subjects", auth=("anyone", "wrong")).status_code == 401
    assert client.get("/api/v1/subjects", headers={"Authorization": "Basic %%%"}).status_code == 401


def test_mentions_are_the_receipts_as_a_flat_table(client: TestClient) -> None:
    flat = client.get("/api/v1/mentions", params=MEMORY).json()
    assert flat["rows"] == flat_receipts(rows(client, "receipts", **MEMORY))
    assert (flat["count"], len(flat["rows"])) == (2, 2)
    assert (
        client.get("/api/v1/mentions.csv", params=MEMORY).content
        == client.get("/api/v1/receipts.csv", params=MEMORY).content
    )


def test_the_document_describes_every_route(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for path in paths:
        assert client.get(path).status_code in (200, 400)
    names = ("attention", "receipts", "mentions", "prices", "subjects", "view")
    assert set(paths) == {f"/api/v1/{name}{end}" for name in names for end in ("", ".csv")}
    for name in names:
        described = paths[f"/api/v1/{name}"]["get"]
        assert set(described["responses"]) == {"200", "304", "400", "401", "403", "503"}
        body = described["responses"]["200"]["content"]["application/json"]["schema"]
        values = {"subject": "theme:memory"} if name in ("attention", "receipts", "mentions") else {}
        values |= (
            {"company": "micron"}
            if name == "prices"
            else {"page": "company", "company": "micron"}
            if name == "view"
            else {}
        )
        assert set(body["required"]) == set(client.get(f"/api/v1/{name}", params=values).json())


def test_widgets_ask_for_routes_that_exist(client: TestClient) -> None:
    widgets, apps = client.get("/widgets.json").json(), client.get("/apps.json").json()
    for widget in widgets.values():
        given = {param["paramName"]: param["value"] for param in widget["params"] if param["value"]}
        answer = client.get(f"/{widget['endpoint']}", params=given)
        (row, *_) = answer.json()[widget["data"]["dataKey"]]
        assert {column["field"] for column in widget["data"]["table"]["columnsDefs"]} <= set(row)
        # What Workspace draws in a table's cell: no list and no object.
        assert all(value is None or isinstance(value, str | int | float) for value in row.values())
    assert {place["i"] for tab in apps[0]["tabs"].values() for place in tab["layout"]} == set(widgets)


@pytest.mark.parametrize("name", ["attention", "receipts", "mentions", "prices", "subjects", "view"])
def test_whoever_cuts_the_rows_out_of_an_answer_has_what_its_hash_is_of(client: TestClient, name: str) -> None:
    values = {
        "attention": MEMORY,
        "receipts": MEMORY,
        "mentions": MEMORY,
        "prices": {"company": "micron"},
        "view": {"page": "theme", "theme": "memory"},
    }
    answer = client.get(f"/api/v1/{name}", params=values.get(name, {}))
    cut = answer.text.partition('"rows":')[2].removesuffix("}").encode()
    assert hashlib.sha256(cut).hexdigest() == answer.json()["sha256"] == answer.headers["X-Chokepoint-SHA256"]
    table = client.head(f"/api/v1/{name}.csv", params=values.get(name, {}))
    assert (table.content, table.headers["X-Chokepoint-SHA256"]) == (b"", answer.json()["sha256"])


def test_what_is_mistyped_is_not_found_rather_than_a_page(client: TestClient) -> None:
    answer = client.get("/api/v1/atention", params=MEMORY)
    assert (answer.status_code, "openapi.json" in answer.json()["error"]) == (404, True)


def test_prices_say_what_is_missing(client: TestClient) -> None:
    said = {
        name: client.get("/api/v1/prices", params={"company": name} if name else {}).json()["error"]
        for name in ("", "nobody", "openai")
    }
    assert "company is missing" in said[""]
    assert "no company 'nobody'" in said["nobody"]
    assert said["openai"] == "OpenAI is not listed: it has no prices."


def test_a_proof_links_rows_are_answered_and_checked(client: TestClient) -> None:
    link = {
        "page": "company",
        "company": "micron",
        "from": "2026-05-01",
        "to": "2026-05-01",
        "grain": "day",
        "measure": "stories",
        "rev": "2",
    }
    found = client.get("/api/v1/view", params=link).json()
    assert found["verified"] is None
    assert [row["stories"] for row in found["rows"] if row["chart"] == "attention"] == [1]
    assert client.get("/api/v1/view", params={**link, "sha": found["sha256"]}).json()["verified"] is True
    assert client.get("/api/v1/view", params={**link, "sha": "0" * 64}).json()["verified"] is False
    for change, says in (({"page": "saved"}, "page takes"), ({"grain": "year"}, "takes day"), ({"theme": "memory"},
    "not a parameter of this address"),
                         ({"to": "2031-01-01"}, "the nearest value that this store allows")):  # fmt: skip
        assert says in client.get("/api/v1/view", params={**link, **change}).json()["error"]
    compared = {"page": "compare", "subject": ["theme:memory", "company:micron"]}
    assert {row["subject"] for row in rows(client, "view", **compared) if row["chart"] == "cells"} == set(
        compared["subject"]
    )  # type: ignore[arg-type]
    table = csv.DictReader(io.StringIO(client.get("/api/v1/view.csv", params=link).content.decode("utf-8-sig")))
    assert len(list(table)) == len(found["rows"])


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Some months of stories by several publishers in two languages, some of which arrived late."""
    rng, path = random.Random(4), tmp_path_factory.mktemp("busy") / "store.db"
    with open_store(path) as store:
        for batch, words in enumerate(("Micron sells", "Chip makers buy")):
            items = [
                linked(
                    article(f"{words} {place}", at=NOW - days(rng.random() * 500),
                    publisher=rng.choice("abc") + ".example", lang=rng.choice(["en", "zh"])),
                    "theme:memory", "company:micron", story=-1 - place // 2, relevance=rng.choice([20, 60]),
                )
                for place in range(80)
            ]  # fmt: skip
            save(store, *items, source=f"s{batch}")
    api = Api(f"sqlite:///{path}")
    with TestClient(Starlette(routes=api.routes()), base_url="http://127.0.0.1", client=HOME) as client:
        yield client


FILTERS = [
    {}, {"publisher": "a.example"}, {"publisher": ["a.example", "b.example"], "lang": "zh"}, {"relevance": "40"},
    {"q": "micron"},
    {"rev": "1"}, {"lang": "en", "q": "chip", "relevance": "40", "rev": "2"}, {"from": "2025-09-18",
    "to": "2026-04-20"}, {"to": "2025-12-11"},
]  # fmt: skip


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("values", FILTERS, ids=str)
def test_every_count_has_as_many_receipts_whatever_is_asked(
    busy: TestClient, grain: str, values: dict[str, str | list[str]]
) -> None:
    asked = {"subject": "theme:memory", "grain": grain, **values}
    counted = [row for row in busy.get("/api/v1/attention", params=asked).json()["rows"] if row["stories"]]
    counted = counted[:: 1 + len(counted) // 15]  # some of many days, which take long
    listed = [busy.get("/api/v1/receipts", params={**asked, "period": row["period"]}).json() for row in counted]
    assert len(counted) > 1
    assert [(len(found["rows"]), found["count"]) for found in listed] == [
        (row["stories"], row["stories"]) for row in counted
    ]
