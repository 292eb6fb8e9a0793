"""The tables, and the connection to them: PostgreSQL, MySQL or SQLite."""

import re
import time
import uuid
from datetime import UTC, datetime

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import BigInteger, Field, SQLModel, create_engine

from config import ConfigError

UTF8 = {"mysql_charset": "utf8mb4", "mysql_engine": "InnoDB"}
ID = 36


def new_id() -> str:
    return str(uuid.uuid4())


def is_id(text: str) -> bool:
    """In the one spelling that we write; MySQL would take others for the same."""
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None


def now() -> int:
    """Seconds since 1970."""
    return int(time.time())


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def rfc3339(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class User(SQLModel, table=True):
    __tablename__ = "users"
    __table_args__ = UTF8

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    # In its one stored form: see addresses.py.
    email: str = Field(unique=True, max_length=254)
    name: str = Field(max_length=100)
    password_hash: str = Field(max_length=255)
    created_at: int = Field(default_factory=now_ms, sa_type=BigInteger)


class SignIn(SQLModel, table=True):
    """One session: begun by a sign-in, gone after sign-out. Its refresh tokens go with it."""

    __tablename__ = "sessions"
    __table_args__ = UTF8

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    user_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True, max_length=ID)
    created_at: int = Field(default_factory=now, sa_type=BigInteger)
    ends_at: int = Field(sa_type=BigInteger)


class RefreshToken(SQLModel, table=True):
    """Used ones stay: whoever presents one again holds a copy."""

    __tablename__ = "refresh_tokens"
    __table_args__ = UTF8

    fingerprint: str = Field(primary_key=True, max_length=64)
    session_id: str = Field(foreign_key="sessions.id", ondelete="CASCADE", index=True, max_length=ID)
    expires_at: int = Field(sa_type=BigInteger)
    used_at: int | None = Field(default=None, sa_type=BigInteger)


class Task(SQLModel, table=True):
    __tablename__ = "tasks"
    __table_args__ = UTF8

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    user_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True, max_length=ID)
    title: str = Field(max_length=200)
    description: str = Field(default="", max_length=5000)
    completed: bool = False
    created_at: int = Field(default_factory=now_ms, sa_type=BigInteger)
    updated_at: int = Field(default_factory=now_ms, sa_type=BigInteger)


def connect(url: str) -> Engine:
    sqlite = url.startswith("sqlite:")
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_timeout=5,
        # Statements carry password hashes and tokens' fingerprints.
        hide_parameters=True,
        connect_args={"timeout": 10} if sqlite else {"connect_timeout": 5},
    )
    if sqlite:

        @event.listens_for(engine, "connect")
        def pragmas(connection, _record) -> None:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")

    return engine


def create_tables(engine: Engine) -> None:
    """Makes what is missing. Of two instances that start at once, the one that comes second looks again."""
    for attempt in (1, 2):
        try:
            return SQLModel.metadata.create_all(engine)
        except DBAPIError as error:
            if attempt == 2:
                # The driver's words name host and port, not the password.
                raise ConfigError(f"the database cannot be used: {error.orig}") from None
            time.sleep(1)
