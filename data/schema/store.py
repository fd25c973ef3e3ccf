"""
Opening a store: the engine, its settings, and the schema that it must have.

SQLite is the default, through the library that `pysqlite3` ships: the write-ahead log of older libraries can corrupt a
file that two processes use. Where only an older one is installed, a rollback journal is used. PostgreSQL needs no other
code.
"""

from __future__ import annotations

import os
import sqlite3 as stdlib_sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, NamedTuple
from urllib.parse import quote
from weakref import WeakKeyDictionary

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    RootTransaction,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from data.errors import StoreBusy, StoreError, StoreVersionError
from data.schema.models import SCHEMA, Meta, PublisherName, Revision, Subject
from data.settings import settings

try:
    import pysqlite3.dbapi2 as sqlite3
except ImportError:  # no wheel for this platform
    sqlite3 = stdlib_sqlite3

DATA = Path(__file__).resolve().parents[1]
BUSY_SECONDS = 10
APPLICATION_ID = 0x43484F4B
"""Written into every SQLite file, so that another program's file is refused. Spells CHOK."""

BACKENDS = ("sqlite", "postgresql")

WRITE_LOCK = 0x43484F4B
"""The advisory lock that makes PostgreSQL's writers take turns."""


def default_url() -> str:
    """The store that commands and the app use: CHOKEPOINT_DB, or `data/chokepoint.db`."""
    return store_url(settings().db or DATA / "chokepoint.db")


def sample_url() -> str:
    """The store that the bundled sample is loaded into: CHOKEPOINT_SAMPLE_DB, or `data/chokepoint-sample.db`."""
    return store_url(settings().sample_db or DATA / "chokepoint-sample.db")


def store_url(named: str | Path | None = None) -> str:
    """The SQLAlchemy URL of a store that was named by a path (also `~/…`) or by a URL; None names the default one."""
    if named is None:
        return default_url()
    text_form = str(named)
    return text_form if "://" in text_form else f"sqlite:///{Path(text_form).expanduser().resolve()}"


def store_exists(url: str | Path | None = None) -> bool:
    """Whether there is something to open. A server's database is taken to exist."""
    path = file_of(store_url(url))
    return path is None or (path.exists() and path.stat().st_size > 0)


Reading = Callable[[], AbstractContextManager[Connection]]
"""Opens a connection to read with, for as long as a `with` block lasts."""


class Ids(NamedTuple):
    """The ids under which the store's rows name subjects and publishers."""

    subjects: dict[str, int]
    publishers: dict[str, int]


class Store:
    """
    An open store. Thread-safe; close it, or use it as a context manager.

    `wait_seconds` is how long its writers wait for another one before they give up as StoreBusy. `check_may_change` is
    called before anything that people make is written, and raises when they may not.
    """

    def __init__(self, engine: Engine, url: str, kind: str, *, wait_seconds: float = 0.0) -> None:
        self.engine = engine
        self.url = url
        self.kind = kind
        self.wait_seconds = wait_seconds
        self.check_may_change: Callable[[], None] = lambda: None
        self._ids = Ids({}, {})

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.engine.dispose()

    @property
    def is_sample(self) -> bool:
        return self.kind == "sample"

    def revision(self) -> int:
        """The newest revision's number; 0 while nothing was written."""
        with self.reading() as connection:
            return newest_revision(connection)

    def meta(self, key: str) -> str | None:
        """What the store knows of itself under a name; None when it does not."""
        with self.reading() as connection:
            return connection.scalar(select(Meta.value).where(Meta.key == key))

    def keep_meta(self, key: str, value: str) -> None:
        with self.writing() as connection:
            connection.execute(delete(Meta).where(Meta.key == key))
            connection.execute(insert(Meta).values(key=key, value=value))

    def patient(self, seconds: float) -> Store:
        """The same store for work that would rather wait: its writers give up after `seconds`."""
        store = Store(self.engine, self.url, self.kind, wait_seconds=seconds)
        store.check_may_change = self.check_may_change
        return store

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the store."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[Connection]:
        """
        The one writer's transaction: committed whole, or not at all. StoreBusy when another holds it too long.

        `durable`, for what people make: it is on the disk before the block ends. News lost in a power cut comes again.
        """
        if durable:
            self.check_may_change()
        options = {"chokepoint_write": True, "chokepoint_durable": durable}
        with self.engine.connect().execution_options(**options) as connection, self._begun(connection):
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(WRITE_LOCK)))
            yield connection

    def check(self, *, thorough: bool = False) -> None:
        """
        StoreError when SQLite finds a damaged page. Reads the whole file: 0.14 s for 6 MB that are not in the memory.

        `thorough`: also whether the indexes hold what the tables do.
        """
        if self.engine.dialect.name != "sqlite":
            return
        with self.reading() as connection:
            pragma = "integrity_check" if thorough else "quick_check"
            problem = connection.exec_driver_sql(f"PRAGMA {pragma}(1)").scalar()
        if problem != "ok":
            raise _damaged(self.engine, " ".join(str(problem).split()))

    @property
    def damage(self) -> StoreError | None:
        """The damage that was met since the store was opened, by anybody in this process."""
        return _damages.get(self.engine)

    def _begun(self, connection: Connection) -> RootTransaction:
        """A transaction that has the write lock. SQLite itself waits BUSY_SECONDS at each try."""
        began = time.monotonic()
        while True:
            try:
                return connection.begin()
            except StoreBusy as busy:
                waited = time.monotonic() - began
                if waited >= self.wait_seconds:
                    raise StoreBusy(f"{busy} It was waited for {waited:.0f} s.") from busy

    def ids(self, connection: Connection) -> Ids:
        """
        The ids of all names, to be called before a transaction adds any: what is kept here is committed.

        Ids are never taken away, so a table that has not grown need not be read again.
        """
        subjects, publishers = self._ids
        if len(subjects) != connection.scalar(select(func.count()).select_from(Subject)):
            subjects = {key: ident for ident, key in connection.execute(select(Subject.id, Subject.key))}
        if len(publishers) != connection.scalar(select(func.count()).select_from(PublisherName)):
            rows = connection.execute(select(PublisherName.id, PublisherName.name))
            publishers = {name: ident for ident, name in rows}
        self._ids = Ids(subjects, publishers)
        return self._ids

    def keep_ids(self, ids: Ids) -> None:
        """Keep the ids as a transaction left them that is committed now."""
        self._ids = ids


def newest_revision(connection: Connection) -> int:
    return connection.scalar(select(func.coalesce(func.max(Revision.number), 0))) or 0


def open_store(url: str | Path | None = None, *, create: bool = True, kind: str = "live") -> Store:
    """
    The store at a path or SQLAlchemy URL, with today's schema.

    A missing one is created as `kind` ("live" or "sample"); an older one is migrated after a backup beside it.
    StoreError: not a store, damaged, or absent with `create=False`. StoreVersionError: written by a newer version.
    """
    address = store_url(url)
    path = file_of(address)
    new = path is not None and not store_exists(address)
    if path is not None and new:
        if not create:
            raise StoreError(
                f"There is no store at {path}: bring news in first (python -m ingest update), or check the address."
            )
        _make_folder(path.parent)
    elif path is not None:
        _refuse_foreign_file(path)
    engine = _engine(address)
    try:
        _check_schema(engine, path, kind)
        with engine.connect() as connection:
            stored_kind = connection.scalar(select(Meta.value).where(Meta.key == "kind"))
    except StoreError:
        engine.dispose()
        if path is not None and new:  # half a file, such as a full disk leaves, would be refused the next time
            for suffix in ("", "-wal", "-shm", "-journal"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        raise
    return Store(engine, address, stored_kind or kind)


def _url(address: str) -> URL:
    """The parts of a store's address. StoreError when it is none, or of a database that no store is kept in."""
    try:
        parsed = make_url(address)
    except ArgumentError:
        raise StoreError(
            "The store's address is no URL: name a file, or sqlite:///… or postgresql+psycopg://…"
        ) from None
    if parsed.get_backend_name() not in BACKENDS:
        raise StoreError(
            f"A store is kept in SQLite or PostgreSQL, not in {parsed.drivername}: name a file, or "
            "postgresql+psycopg://…"
        )
    return parsed


def file_of(address: str) -> Path | None:
    """The file of a SQLite store; None for a server's database or one in memory."""
    parsed = _url(address)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


def _engine(address: str) -> Engine:
    if _url(address).get_backend_name() != "sqlite":
        return _server_engine(address)
    path = file_of(address)
    read_only = path is not None and is_read_only(path)
    options = {"check_same_thread": False, "timeout": BUSY_SECONDS, "isolation_level": None}
    engine = create_engine(
        _read_only_address(path) if path is not None and read_only else address,
        module=sqlite3,
        connect_args=options,
        pool_size=16,
        max_overflow=64,
    )
    event.listen(engine, "connect", _reader_settings if read_only else _settings)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _as_store_error)
    return engine


def is_read_only(path: Path) -> bool:
    """Whether a store that is there may only be read: its file or its folder, which takes the log, refuses writes."""
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _read_only_address(path: Path) -> str:
    # Without a log beside it, SQLite would try to make one, even to read. `immutable` holds while nobody can write.
    log = path.with_name(f"{path.name}-wal")
    immutable = "" if log.exists() and log.stat().st_size else "&immutable=1"
    return f"sqlite:///file:{quote(str(path))}?mode=ro{immutable}&uri=true"


def _server_engine(address: str) -> Engine:
    try:
        engine = create_engine(address, pool_pre_ping=True)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        driver = _url(address).drivername
        raise StoreError(
            f"The driver for {driver} is not here: pip install 'psycopg[binary]', and name postgresql+psycopg://…"
        ) from error
    event.listen(engine, "handle_error", _as_store_error)
    return engine


def _settings(raw: Any, _record: object) -> None:
    cursor = raw.cursor()
    cursor.execute(f"PRAGMA journal_mode = {'WAL' if wal_is_safe(sqlite3) else 'DELETE'}")
    # 32 MB of log. With the default of 4 MB each batch of an import waits for the disk twice and writes the same pages
    # often.
    cursor.execute("PRAGMA wal_autocheckpoint = 8000")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
    _reader_settings(raw, _record)


def _reader_settings(raw: Any, _record: object) -> None:
    cursor = raw.cursor()
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA cache_size = -65536")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def wal_is_safe(library: ModuleType) -> bool:
    """Whether the SQLite library has the fix of the WAL-reset bug (sqlite.org/wal.html#walresetbug)."""
    version = tuple(int(part) for part in library.sqlite_version.split("."))
    return version >= (3, 51, 3) or version in {(3, 44, 6), (3, 50, 7)} or version < (3, 7, 0)


def _begin(connection: Connection) -> None:
    # The driver is in autocommit mode, so that DDL rolls back too. A writer takes its lock at once: a transaction that
    # reads first and writes later fails without waiting when another wrote in between.
    options = connection.get_execution_options()
    writes = options.get("chokepoint_write")
    if writes:
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options.get('chokepoint_durable') else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check_schema(engine: Engine, path: Path | None, kind: str) -> None:
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        has_schema = "alembic_version" in tables
        schema = connection.scalar(text("select version_num from alembic_version")) if has_schema else None
    if schema == SCHEMA:
        return
    from data.schema.migrate import known_versions, migrate

    if schema is not None and schema not in known_versions():
        raise StoreVersionError(
            f"The store has schema {schema} and this version knows {SCHEMA}: "
            "update Chokepoint, or open it with the version that wrote it."
        )
    if schema is not None and path is not None:
        back_up(engine, path.with_name(f"{path.name}.backup-{schema}"))
    migrate(engine, kind)


def back_up(engine: Engine, target: Path) -> None:
    """A consistent copy of a SQLite store, also under a running writer. StoreError when it cannot be made."""
    target.unlink(missing_ok=True)
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(target),))
    except sqlite3.DatabaseError as error:
        raise _store_error(" ".join(str(error).split()).rstrip(".?")) from error
    finally:
        raw.close()


def _refuse_foreign_file(path: Path) -> None:
    # Read from the file's header: opening it would already switch it to our journal mode. While there is a log beside
    # it, the header may be outdated.
    try:
        with path.open("rb") as file:
            header = file.read(72)
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror}).") from error
    if not header.startswith(b"SQLite format 3\0"):
        raise StoreError(f"{path} is not a readable store (no SQLite file); restore a backup, or name another file.")
    if header[40:44] == bytes(4):  # no table was ever made in it: the disk was full, or the first write was stopped
        return
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID and not path.with_name(f"{path.name}-wal").exists():
        raise StoreError(f"{path} is another program's database: name another file.")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder {folder} for the store cannot be made ({error.strerror}).") from error


_damages: WeakKeyDictionary[Engine, StoreError] = WeakKeyDictionary()


def _as_store_error(context: ExceptionContext) -> StoreError | None:
    """What the database reports of itself, as one of ours; a mistake in a query (also an IntegrityError) stays one."""
    error = context.sqlalchemy_exception
    if not isinstance(error, DatabaseError) or not (
        isinstance(error, OperationalError) or type(error) is DatabaseError
    ):
        return None
    reason = " ".join(str(error.orig).split()).rstrip(".?")
    if "malformed" in reason or "not a database" in reason:
        return _damaged(context.engine, reason)
    return _store_error(reason)


def _damaged(engine: Engine | None, reason: str) -> StoreError:
    named = engine.url.render_as_string(hide_password=True) if engine is not None else "The store"
    named = named.removeprefix("sqlite:///")
    problem = StoreError(f"{named} is not a readable store ({reason}); restore a backup, or name another file.")
    if engine is not None:
        _damages[engine] = problem
    return problem


def _store_error(reason: str) -> StoreError:
    """A database's error as one of ours, with what to do about it."""
    if "readonly" in reason:
        return StoreError("The store can only be read here: its file, folder or disk does not allow writing.")
    if "locked" in reason or "busy" in reason:
        return StoreBusy("The store is busy: another program is writing to it. Try again when it is done.")
    if "full" in reason:
        return StoreError("The disk is full: nothing of this step was saved; free some space and run it again.")
    if "I/O" in reason:  # also what SQLite calls a disk without room for its log's index
        return StoreError("The store's disk failed, or has no room left: free some space, and check the disk.")
    return StoreError(f"The store cannot be used: {reason}.")
