"""/api/auth: registration, login, refresh, logout, and what people do with their own account."""

import hashlib
import json
import logging
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

import accounts
import sessions
from addresses import normalised
from db import User, is_id, rfc3339
from problems import Problem, invalid, invalid_token, not_found
from security import Identity, SignedIn, acceptable, who

log = logging.getLogger("tasks.auth")

public = APIRouter(prefix="/api/auth")
signed_in = APIRouter(prefix="/api/auth", route_class=SignedIn)


def printable(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must have 1 to 100 printable characters")
    return text


class Body(BaseModel):
    # Text stays text, a number stays a number; members that are not asked for are ignored.
    model_config = ConfigDict(strict=True, extra="ignore")


class Registration(Body):
    email: Annotated[str, AfterValidator(normalised)]
    name: Annotated[str, Field(max_length=100), AfterValidator(printable)]
    password: str


class Login(Body):
    email: str
    password: Annotated[str, Field(max_length=1024)]


class Refresh(Body):
    refresh_token: Annotated[str, Field(max_length=200)]


class PasswordChange(Body):
    current_password: Annotated[str, Field(max_length=1024)]
    new_password: str


def shown(user: User) -> dict:
    return {"id": user.id, "email": user.email, "name": user.name}


def grant(request: Request, user: User, session_id: str, refresh_token: str) -> dict:
    return {
        "user": shown(user),
        "access_token": request.app.state.tokens.issue(user.id, session_id),
        "token_type": "Bearer",
        "expires_in": request.app.state.settings.access_seconds,
        "refresh_token": refresh_token,
    }


async def new_session(request: Request, user: User) -> dict:
    state = request.app.state
    started = await run_sync(sessions.start, state.engine, state.settings, user)
    if not started:
        raise invalid_token()
    return grant(request, user, *started)


def note(request: Request, event: str, outcome: str, email: str) -> None:
    """One line for each attempt: who by a digest that finds an address again but does not show it."""
    digest = hashlib.sha256(email.strip().lower().encode(errors="replace")).hexdigest()[:16]
    line = {"event": event, "outcome": outcome, "account": digest, "address": client(request)}
    log.info(json.dumps(line))


def client(request: Request) -> str:
    return request.client.host if request.client else "unknown"


@public.post("/register", status_code=201)
async def register(request: Request, body: Registration) -> dict:
    state = request.app.state
    state.registrations.take(client(request))
    if refusal := acceptable(body.password, body.email):
        raise invalid(refusal)
    # Hashed first: a taken address costs the same time as a free one.
    password_hash = await state.passwords.hash(body.password)
    try:
        user = await run_sync(accounts.create, state.engine, body.email, body.name, password_hash)
    except Problem as refused:
        note(request, "registration", refused.code, body.email)
        raise
    note(request, "registration", "granted", body.email)
    return await new_session(request, user)


@public.post("/login")
async def login(request: Request, body: Login) -> dict:
    state = request.app.state
    state.logins.take(client(request))
    try:
        async with state.failed_logins.attempt(account_key(body.email)) as attempt:
            user = await run_sync(accounts.by_email, state.engine, body.email)
            right = await state.passwords.verify(body.password, user.password_hash if user else None)
            if not right:
                # One answer for both: it must not tell whether the account exists.
                challenge = {"WWW-Authenticate": "Bearer"}
                raise Problem(401, "wrong-credentials", "E-mail address or password is wrong.", challenge)
            attempt.succeeded = True
    except Problem as refused:
        note(request, "login", refused.code, body.email)
        raise
    note(request, "login", "granted", body.email)
    return await new_session(request, user)


def account_key(email: str) -> str:
    """Spelling variants share a count, and so do people who do not exist."""
    try:
        return normalised(email)
    except ValueError:
        return email.strip().lower()[:320]


@public.post("/refresh")
def refresh(request: Request, body: Refresh) -> dict:
    state = request.app.state
    rotated = sessions.rotate(state.engine, state.settings, body.refresh_token)
    if not rotated:
        note(request, "refresh", "invalid-token", "")
        raise invalid_token()
    note(request, "refresh", "granted", rotated[0].email)
    return grant(request, *rotated)


@signed_in.get("/me")
def me(who: Annotated[Identity, Depends(who)]) -> dict:
    return shown(who.user)


@signed_in.post("/logout", status_code=204)
def logout(request: Request, who: Annotated[Identity, Depends(who)]) -> None:
    sessions.end(request.app.state.engine, who.user.id, who.session_id)
    note(request, "logout", "granted", who.user.email)


@signed_in.post("/password")
async def change_password(request: Request, body: PasswordChange, who: Annotated[Identity, Depends(who)]) -> dict:
    state = request.app.state
    async with state.failed_changes.attempt(who.user.id) as attempt:
        if not await state.passwords.verify(body.current_password, who.user.password_hash):
            note(request, "password-change", "wrong-password", who.user.email)
            raise Problem(403, "wrong-password", "The current password is wrong.")
        attempt.succeeded = True
    if refusal := acceptable(body.new_password, who.user.email):
        raise invalid(refusal)
    password_hash = await state.passwords.hash(body.new_password)
    user = await run_sync(accounts.change_password, state.engine, who.user, password_hash)
    note(request, "password-change", "granted", user.email)
    return await new_session(request, user)


@signed_in.delete("/me", status_code=204)
def delete_account(request: Request, who: Annotated[Identity, Depends(who)]) -> None:
    accounts.remove(request.app.state.engine, who.user)
    note(request, "deletion", "granted", who.user.email)


@signed_in.get("/sessions")
def list_sessions(request: Request, who: Annotated[Identity, Depends(who)]) -> dict:
    rows = sessions.listed(request.app.state.engine, who.user.id)
    return {
        "items": [
            {
                "id": row.id,
                "created_at": rfc3339(row.created_at * 1000),
                "expires_at": rfc3339(row.ends_at * 1000),
                "current": row.id == who.session_id,
            }
            for row in rows
        ]
    }


@signed_in.delete("/sessions/{session_id}", status_code=204)
def end_session(request: Request, session_id: str, who: Annotated[Identity, Depends(who)]) -> None:
    if not is_id(session_id) or not sessions.end(request.app.state.engine, who.user.id, session_id):
        raise not_found()
    note(request, "logout", "granted", who.user.email)
