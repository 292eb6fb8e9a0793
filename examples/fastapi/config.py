"""Settings from the environment, checked before anything starts."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

ADVICE = "make one with `openssl rand -base64 48`"

WELL_KNOWN = """
09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7
a-string-secret-at-least-256-bits-long
better-auth-secret-12345678901234567890
local-development-only-change-before-deploying
my_very_long_and_safe_secret_key
12345678901234567890123456789012
0123456789abcdef0123456789abcdef
abcdefghijklmnopqrstuvwxyz0123456789
""".split()

# Written by people who meant to replace it later.
PLACEHOLDERS = (
    "changeme changethis replaceme replacewith yoursecret yoursuper supersecret secretkey "
    "insecure placeholder example generatea atleast32 min32char"
).split()


class ConfigError(Exception):
    """Why the backend does not start, in one line."""


@dataclass(frozen=True)
class Settings:
    secret: str = field(repr=False)
    database_url: str = field(repr=False)
    origins: tuple[str, ...] = ("http://localhost:3000",)
    issuer: str = "http://localhost:8000"
    audience: str = "tasks-api"
    docs: bool = False

    access_seconds: int = 15 * 60
    refresh_seconds: int = 7 * 86_400
    session_seconds: int = 30 * 86_400
    body_bytes: int = 64 * 1024
    body_seconds: float = 10.0
    # Each in a sliding minute.
    failed_logins_per_account: int = 5
    logins_per_address: int = 300
    registrations_per_address: int = 120

    @classmethod
    def from_env(cls, secret_name: str = "BETTER_AUTH_SECRET", env: Mapping[str, str] = os.environ) -> "Settings":
        secret = env.get(secret_name, "")
        if weakness := secret_weakness(secret):
            raise ConfigError(f"{secret_name} {weakness}; {ADVICE}")
        if not (database_url := env.get("DATABASE_URL", "")):
            raise ConfigError("DATABASE_URL is not set; for a first try: sqlite:///./tasks.db")
        origins = tuple(o.strip() for o in env.get("CORS_ORIGINS", "http://localhost:3000").split(",") if o.strip())
        for origin in origins:
            # Also refuses `*`, `null`, a path and upper case: none of them is what a browser sends.
            if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]+)?", origin):
                raise ConfigError(f"CORS_ORIGINS holds `{origin}`, which is no origin like https://app.example.com")
        return cls(
            secret=secret,
            database_url=driver(database_url),
            origins=origins,
            issuer=env.get("AUTH_ISSUER") or cls.issuer,
            audience=env.get("AUTH_AUDIENCE") or cls.audience,
            docs=env.get("DOCS") == "1",
        )


def secret_weakness(secret: str) -> str | None:
    """Why a signing secret is not taken: missing, short, or within reach of a guess."""
    plain = squashed(secret)
    if not secret:
        return "is not set"
    if len(secret.encode()) < 32:
        return "is shorter than 32 bytes"
    if any(squashed(known) == plain for known in WELL_KNOWN):
        return "is a well-known example"
    if any(word in plain for word in PLACEHOLDERS):
        return "reads like a placeholder"
    if len(set(secret)) < 8 or (secret + secret).find(secret, 1) < len(secret):
        return "is a repeated pattern"
    return None


def squashed(text: str) -> str:
    """`Change-Me` and `CHANGE_ME` are one secret."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def driver(url: str) -> str:
    """Names the drivers of requirements.txt in the URLs that hosting platforms hand out."""
    for plain, full in (
        ("postgres://", "postgresql+psycopg://"),
        ("postgresql://", "postgresql+psycopg://"),
        ("mysql://", "mysql+pymysql://"),
        ("sqlite://", "sqlite://"),
        ("postgresql+psycopg://", "postgresql+psycopg://"),
        ("mysql+pymysql://", "mysql+pymysql://"),
    ):
        if url.startswith(plain):
            return full + url.removeprefix(plain)
    raise ConfigError("DATABASE_URL must start with postgresql://, mysql:// or sqlite:///")
