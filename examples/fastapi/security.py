"""Passwords, access tokens, and the question who asks."""

import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import anyio
import jwt
from anyio.to_thread import run_sync
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import Engine

import sessions
from config import Settings
from db import User, new_id
from problems import invalid_token, unauthenticated

log = logging.getLogger("tasks.security")

COMMON = set(
    """
    12345678 123456789 1234567890 0123456789 87654321 987654321 11111111 00000000 12341234 123123123 11223344
    password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword qwertyui qwertyuiop qwerty123
    1q2w3e4r 1q2w3e4r5t 1qaz2wsx q1w2e3r4 abcdefgh abcd1234 abc12345 asdfghjk asdfghjkl zxcvbnm1 iloveyou sunshine
    princess football baseball superman trustno1 welcome1 welcome123 letmein1 letmein123 admin123 adminadmin changeme
    """.split()
)


class Passwords:
    """argon2id with the first choice of OWASP's cheat sheet: 19 MiB, two passes, one lane."""

    def __init__(self) -> None:
        self._argon = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        # For people who do not exist: nobody knows what was hashed here.
        self._dummy = self._argon.hash(secrets.token_urlsafe(32))
        # A storm of sign-ins waits here, and not in front of every other handler.
        self._turns = anyio.CapacityLimiter(os.cpu_count() or 2)

    async def hash(self, password: str) -> str:
        return await run_sync(self._argon.hash, password, limiter=self._turns)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Costs the same when there is nothing to compare with: the time must not tell who exists."""
        matches = await run_sync(self._matches, password, stored or self._dummy, limiter=self._turns)
        return matches and stored is not None

    def _matches(self, password: str, stored: str) -> bool:
        try:
            return self._argon.verify(stored, password)
        except VerifyMismatchError:
            return False


def acceptable(password: str, email: str) -> str | None:
    """Why a new password is refused, if it is."""
    if len(password) < 8:
        return "password must have at least 8 characters."
    if len(password.encode()) > 1024:
        return "password must have at most 1024 bytes."
    plain = password.strip().lower()
    if plain in COMMON or plain in (email, email.split("@")[0]) or len(set(plain)) < 2:
        return "password is too easy to guess."
    return None


@dataclass(frozen=True)
class Identity:
    user: User
    session_id: str


class Tokens:
    """HS256 with the shared secret; every claim is required and checked."""

    TYPE = "at+jwt"
    CLAIMS = ["iss", "aud", "sub", "iat", "nbf", "exp", "jti", "sid"]
    FORM = re.compile(r"[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{43}")
    LONGEST = 4096

    def __init__(self, settings: Settings):
        self._settings = settings

    def issue(self, user_id: str, session_id: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self._settings.issuer,
            "aud": self._settings.audience,
            "sub": user_id,
            "iat": now,
            "nbf": now,
            "exp": now + self._settings.access_seconds,
            "jti": new_id(),
            "sid": session_id,
        }
        return jwt.encode(claims, self._settings.secret, "HS256", headers={"typ": self.TYPE})

    def verify(self, token: str) -> dict[str, Any] | None:
        if len(token) > self.LONGEST or not self.FORM.fullmatch(token):
            return None
        try:
            decoded = jwt.decode_complete(
                token,
                self._settings.secret,
                algorithms=["HS256"],
                issuer=self._settings.issuer,
                audience=self._settings.audience,
                options={"require": self.CLAIMS},
            )
        except Exception as error:
            # Not only the library's own errors: hostile JSON overflows numbers and recursion too.
            log.debug("token refused: %s", type(error).__name__)
            return None
        claims = decoded["payload"]
        whole = all(type(claims[name]) is int for name in ("iat", "nbf", "exp"))
        # ASCII as well: half of a character is a text for JSON, and none for the database.
        text = all(
            type(claims[name]) is str and claims[name].isascii() for name in ("sub", "jti", "sid")
        )
        return claims if whole and text and decoded["header"].get("typ") == self.TYPE else None


def bearer(request: Request) -> str:
    """The one token that the request presents, in the one place where it belongs."""
    sent = request.headers.getlist("authorization")
    scheme, _, token = sent[0].partition(" ") if len(sent) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated()
    return token.strip()


def identify(request: Request) -> Identity:
    engine: Engine = request.app.state.engine
    claims = request.app.state.tokens.verify(bearer(request))
    # The signature alone is not enough: the session may have been ended and the account deleted.
    user = claims and sessions.standing(engine, claims["sub"], claims["sid"])
    if not user:
        raise invalid_token()
    return Identity(user, claims["sid"])


class SignedIn(APIRoute):
    """A route that knows who asks before it looks at anything else, the body included.

    A router with this class cannot have a route that forgot the check.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def signed_in(request: Request) -> Response:
            request.state.identity = await run_sync(identify, request)
            return await handle(request)

        return signed_in


def who(request: Request) -> Identity:
    """For handlers: the identity that their route found out."""
    return request.state.identity
