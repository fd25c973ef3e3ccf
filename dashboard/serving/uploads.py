"""
How much of dropped files is held in memory: each until its reader's session ends, all at most CHOKEPOINT_UPLOADS.

Streamlit itself refuses a file above 20 MB (config.toml) and one for a session that is not there.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config, runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from data.settings import settings

PATH = "/_stcore/upload_file/"
MEGABYTE = 2**20


class UploadLimit:
    """Refuses a file that would not fit beside those that are held or arriving."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or PATH not in scope["path"]:
            await self.app(scope, receive, send)
            return
        megabytes = settings().uploads
        if not megabytes.isdecimal():
            sentence = "CHOKEPOINT_UPLOADS takes a whole number of megabytes: no file is taken until it is one."
            await PlainTextResponse(sentence, 503)(scope, receive, send)
            return
        size, most = announced_bytes(scope), int(megabytes) * MEGABYTE
        if bytes_held() + self._arriving + size > most:
            sentence = f"The files of all readers may take {megabytes} MB together: try again when some have left."
            await PlainTextResponse(sentence, 413)(scope, receive, send)
            return
        self._arriving += size
        try:
            await self.app(scope, receive, send)
        finally:
            self._arriving -= size


def announced_bytes(scope: Scope) -> int:
    """The size that a request names; the largest that is taken for one that names none."""
    named = Headers(scope=scope).get("content-length", "")
    return int(named) if named.isdecimal() else int(config.get_option("server.maxUploadSize")) * MEGABYTE


def bytes_held() -> int:
    """What Streamlit holds of all sessions' files."""
    held = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    if not isinstance(held, MemoryUploadedFileManager):
        return 0
    return sum(stat.byte_length for stats in held.get_stats().values() for stat in stats)
