"""Suppliers and customers, and publisher families: the two small tables beside the companies."""

from __future__ import annotations

from collections.abc import Container

from data.catalog.records import Publisher, Relation
from data.files import Files, Row

RELATION_COLUMNS = ("supplier", "customer", "product", "date", "source", "url")
PUBLISHER_COLUMNS = ("domain", "name", "family")


def load_relations(files: Files, companies: Container[str]) -> tuple[Relation, ...]:
    """Relations in the file's order; every one has a date, a source and an address."""
    seen: dict[tuple[str, str, str], int] = {}
    relations = []
    for row in files.rows("relations.csv", RELATION_COLUMNS):
        relation = _relation(row, companies)
        key = (relation.supplier, relation.customer, relation.product)
        if key in seen:
            raise row.error(f"the relation {' / '.join(key)} is already on line {seen[key]}")
        seen[key] = row.line
        relations.append(relation)
    return tuple(relations)


def _relation(row: Row, companies: Container[str]) -> Relation:
    for column in ("supplier", "customer"):
        if row.needed(column) not in companies:
            raise row.error(f"companies.csv has no company {row[column]}")
    if row["supplier"] == row["customer"]:
        raise row.error(f"{row['supplier']} supplies itself")
    reported = row.day("date")
    if reported is None:
        raise row.error("date is empty")
    if not row["url"].startswith(("https://", "http://")):
        raise row.error(f"url is {row['url']!r}; write the whole address")
    return Relation(
        supplier=row["supplier"],
        customer=row["customer"],
        product=row.needed("product"),
        date=reported,
        source=row.needed("source"),
        url=row["url"],
    )


def load_publishers(files: Files) -> dict[str, Publisher]:
    """Publishers by domain and also by the name that sources give, so that both find the family."""
    publishers: dict[str, Publisher] = {}
    lines: dict[str, int] = {}
    for row in files.rows("publishers.csv", PUBLISHER_COLUMNS):
        publisher = Publisher(domain=row.needed("domain"), name=row.needed("name"), family=row.needed("family"))
        if publisher.domain in lines:
            raise row.error(f"domain {publisher.domain} is already on line {lines[publisher.domain]}")
        lines[publisher.domain] = row.line
        publishers[publisher.domain] = publisher
        known = publishers.setdefault(publisher.name, publisher)
        if known.family != publisher.family:
            raise row.error(f"the name {publisher.name} already belongs to the family {known.family}")
    return publishers
