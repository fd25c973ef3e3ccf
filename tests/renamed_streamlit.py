"""
python -m tests.renamed_streamlit …: the app on a Streamlit whose private names that the app patches are others, as they
may be after an upgrade. Arguments are those of `python -m dashboard`.
"""

from __future__ import annotations

from types import CodeType, FunctionType
from typing import Any

import typer
from streamlit.runtime import app_session
from streamlit.web.server.starlette import starlette_server

from dashboard.__main__ import serve

NAMES = {
    starlette_server: {"_bind_socket": "_bound_socket"},
    app_session: {"_populate_theme_msg": "_fill_theme"},
    app_session.AppSession: {"_on_scriptrunner_event": "_on_event"},
}


def rename(owner: Any, names: dict[str, str]) -> None:
    """Give attributes of a module or class other names, there and in the code of all its functions and methods."""
    for old, new in names.items():
        setattr(owner, new, getattr(owner, old))
        delattr(owner, old)
    for value in [*vars(owner).values()]:
        if isinstance(value, FunctionType):
            value.__code__ = with_names(value.__code__, names)
        elif isinstance(value, type) and value.__module__ == getattr(owner, "__name__", ""):
            rename_in_methods(value, names)


def rename_in_methods(owner: type, names: dict[str, str]) -> None:
    for value in vars(owner).values():
        if isinstance(value, FunctionType):
            value.__code__ = with_names(value.__code__, names)


def with_names(code: CodeType, names: dict[str, str]) -> CodeType:
    inner = tuple(with_names(value, names) if isinstance(value, CodeType) else value for value in code.co_consts)
    return code.replace(co_names=tuple(names.get(name, name) for name in code.co_names), co_consts=inner)


if __name__ == "__main__":
    for owner, names in NAMES.items():
        rename(owner, names)
    typer.run(serve)
