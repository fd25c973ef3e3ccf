"""
python -m dashboard: serve the app.

    python -m dashboard        the app, its HTTP API and MCP by one server
    python -m dashboard mcp    MCP alone, on standard input and output, for a client that starts its servers itself
    python -m dashboard sign   an address of the API that opens without a header, until it expires
"""

from __future__ import annotations

import logging
import os
import socket
import tomllib
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from dashboard import STREAMLIT_CONFIG
from dashboard.api.signed import LONGEST, signed_address
from dashboard.cache.sample import sample_build, url_to_show
from data.catalog import load_catalog
from data.errors import ChokepointError, SampleNotReady, UsageError
from data.schema.store import open_store, sample_url, store_exists, store_url
from data.settings import settings as environment

app = typer.Typer(add_completion=False)

LOCAL_HOSTS = ("127.0.0.1", "0.0.0.0", "::")


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8501,
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    store: Annotated[
        str, typer.Option(help="A store's path or SQLAlchemy URL. Without one, the bundled sample is shown.")
    ] = "",
) -> None:
    """Serve the app. Without a store of your own it shows the bundled sample."""
    if context.invoked_subcommand:
        return
    try:
        if store:
            choose_store(store)
        check_port(host, port)
        catalog = load_catalog()  # a mistake in its files is reported here, not on every page
        own = url_to_show() != sample_url()
        if not own:
            sample_build.require(sample_url(), lambda: catalog)
    except SampleNotReady:
        typer.echo("The sample's store is built first, which takes about a minute; the page shows how far it is.")
    except ChokepointError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(2) from error
    shown = "your store" if own else "the bundled sample, since your store has no stories yet"
    name = "localhost" if host in LOCAL_HOSTS else host
    typer.echo(f"Chokepoint shows {shown}.\nOpen http://{name}:{port} (Ctrl-C stops it).")
    typer.echo(open_words(host, has_key=bool(environment().api_key)))
    # Streamlit logs every bad request.
    logging.getLogger("streamlit.web.server.starlette").setLevel(logging.ERROR)
    from dashboard.server import app as server  # after the store is chosen; takes a second
    from dashboard.serving import streamlit_patches

    streamlit_patches.send_without_delay()
    server.run(config={**settings(), "server.port": port, "server.address": host})


@app.command("sign")
def sign_address(
    target: Annotated[str, typer.Argument(help="An address of the API, such as /api/v1/attention.csv?subject=…")],
    days: Annotated[int, typer.Option(help="How many days it opens.", min=1, max=LONGEST.days)] = 30,
) -> None:
    """Print the address with an expiry and a signature, for a program that can send no header."""
    try:
        signed = signed_address(target, environment().api_key, datetime.now(UTC) + timedelta(days=days))
    except UsageError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(2) from error
    scheme, host, *_ = urlsplit(target)
    typer.echo(f"{scheme}://{host}{signed}" if host else signed)


@app.command("mcp")
def serve_mcp(
    store: Annotated[
        str, typer.Option(help="A store's path or SQLAlchemy URL. Without one, the bundled sample is asked.")
    ] = "",
    address: Annotated[
        str, typer.Option(help="Where the app itself is reached, for the links in answers.")
    ] = "http://localhost:8501",
) -> None:
    """Answer a client of the Model Context Protocol on standard input and output."""
    try:
        if store:
            choose_store(store)
        load_catalog()
    except ChokepointError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(2) from error
    from dashboard.mcp_server.server import serve_stdio

    serve_stdio(address)


def open_words(host: str, *, has_key: bool) -> str:
    """What is open to which machines."""
    if host in ("127.0.0.1", "::1", "localhost"):
        return "Only this machine can reach it."
    data = "the data under /api/v1 and /mcp"
    api = f"{data} with CHOKEPOINT_API_KEY" if has_key else f"not {data}"
    return (
        f"Other machines that reach {host} can read all pages, and {api}. "
        "They can change nothing without a login (docs/deploy.md)."
    )


def choose_store(store: str) -> None:
    """Make the store the one that everything opens. ChokepointError when it is not there or cannot be opened."""
    address = store_url(store)
    if not store_exists(address):
        raise UsageError(
            f"There is no store at {store}: fetch news first (python -m ingest update), or omit --store to see the "
            "sample."
        )
    open_store(address, create=False).close()
    os.environ["CHOKEPOINT_DB"] = address


def check_port(host: str, port: int) -> None:
    """UsageError when the address cannot be listened on; Streamlit itself would print a stack trace."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"Cannot listen on {host}:{port} ({error.strerror}): choose another port with --port."
            ) from error


def settings() -> dict[str, Any]:
    """The settings of dashboard/.streamlit/config.toml by dotted name, so that they apply in any working directory."""
    return dict(_dotted(tomllib.loads(STREAMLIT_CONFIG.read_text("utf-8"))))


def _dotted(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    options: list[tuple[str, Any]] = []
    for name, value in table.items():
        options += _dotted(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]
    return options


if __name__ == "__main__":
    app()
