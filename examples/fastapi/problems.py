"""Every answer that is not a success has this one shape (RFC 9457), and never repeats what was sent."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException


class Problem(Exception):
    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None):
        super().__init__(code)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers

    def response(self) -> JSONResponse:
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        return JSONResponse(body, self.status, self.headers, media_type="application/problem+json")


def unauthenticated() -> Problem:
    return Problem(401, "unauthenticated", "Sign in first.", {"WWW-Authenticate": "Bearer"})


def invalid_token() -> Problem:
    challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return Problem(401, "invalid-token", "The credential is not valid.", challenge)


def not_found() -> Problem:
    """For what does not exist and for what belongs to another: the answer must not tell which."""
    return Problem(404, "not-found", "There is no such resource.")


def invalid(detail: str) -> Problem:
    return Problem(422, "invalid-input", detail)


def too_many(seconds: int) -> Problem:
    return Problem(429, "too-many-requests", "Too many attempts; try again later.", {"Retry-After": str(seconds)})


def overloaded() -> Problem:
    return Problem(503, "overloaded", "The server is busy; try again later.", {"Retry-After": "1"})


def internal() -> Problem:
    return Problem(500, "internal", "The server failed; the failure is logged.")


def install(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> JSONResponse:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def validation(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return Problem(400, "bad-json", "The body is not well-formed JSON.").response()
        # The place and the rule; the `input` of the same entry would repeat passwords.
        place = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return invalid(f"{place}: {first['msg']}.").response()

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        code = phrase.lower().replace(" ", "-")
        return Problem(error.status_code, code, f"{phrase}.", dict(error.headers or {})).response()
