"""Starts the backend: `uvicorn main:app --port 8000`."""

import sys

from application import create_app
from config import ConfigError, Settings

try:
    app = create_app(Settings.from_env())
except ConfigError as error:
    sys.exit(f"refusing to start: {error}")
