"""Puts the backend together."""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy import text

import db
import edge
import problems
import routes_auth
import routes_tasks
from config import Settings
from limits import Limit
from security import Passwords, Tokens


def create_app(settings: Settings) -> FastAPI:
    engine = db.connect(settings.database_url)
    db.create_tables(engine)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = FastAPI(
        title="Tasks",
        lifespan=lifespan,
        # A redirect would be built from the Host header that the client sent.
        redirect_slashes=False,
        docs_url="/docs" if settings.docs else None,
        openapi_url="/openapi.json" if settings.docs else None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.passwords = Passwords()
    app.state.tokens = Tokens(settings)
    app.state.failed_logins = Limit(settings.failed_logins_per_account)
    app.state.failed_changes = Limit(settings.failed_logins_per_account)
    app.state.logins = Limit(settings.logins_per_address)
    app.state.registrations = Limit(settings.registrations_per_address)

    problems.install(app)
    edge.install(app, settings)
    app.include_router(routes_auth.public)
    app.include_router(routes_auth.signed_in)
    app.include_router(routes_tasks.router)
    app.add_api_route("/health/live", live)
    app.add_api_route("/health/ready", ready(engine))
    log_to_stderr()
    return app


async def live() -> dict:
    return {"status": "live"}


def ready(engine):
    def ready() -> JSONResponse:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return JSONResponse({"status": "ready"})

    return ready


def log_to_stderr() -> None:
    """Every authentication attempt is one JSON line, without secrets."""
    log = logging.getLogger("tasks")
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False
