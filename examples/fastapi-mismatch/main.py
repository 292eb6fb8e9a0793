"""The correct example, but for one thing: its two sides do not have the same secret.

The issuer signs with AUTH_SECRET, the API verifies with API_SECRET. Starts with `uvicorn main:app --port 8000`.
"""

import os
import secrets
import sys
from dataclasses import replace
from pathlib import Path

FASTAPI = Path(os.environ.get("FASTAPI_EXAMPLE") or Path(__file__).resolve().parent.parent / "fastapi")
sys.path.insert(0, str(FASTAPI))

from application import create_app  # noqa: E402
from config import ConfigError, Settings  # noqa: E402
from security import Tokens  # noqa: E402

# Alone, BETTER_AUTH_SECRET is the issuer's; the API then makes up its own, as a forgotten variable would.
issuers = "AUTH_SECRET" if os.environ.get("AUTH_SECRET") else "BETTER_AUTH_SECRET"
env = {"API_SECRET": secrets.token_urlsafe(48), **os.environ}


class TwoSecrets(Tokens):
    """Signs as the issuer, verifies as the API."""

    def __init__(self, issuer: Settings, api: Settings):
        super().__init__(issuer)
        self._api = Tokens(api)

    def verify(self, token: str):
        return self._api.verify(token)


try:
    issuer = Settings.from_env(issuers, env)
    api = replace(issuer, secret=Settings.from_env("API_SECRET", env).secret)
    app = create_app(issuer)
    app.state.tokens = TwoSecrets(issuer, api)
except ConfigError as error:
    sys.exit(f"refusing to start: {error}")
