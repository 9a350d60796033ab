"""Log entries as lines or as JSON, each with the id of the request that it belongs to."""

import json
import logging
import re
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

LOG_FORMATS = ("line", "json")
# "" outside a request, as in a command.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


def request_id_of(scope: Any) -> str:
    """Return the id that the proxy in front gave to a request, or a new one."""
    if settings.BEHIND_PROXY:
        given = scope.headers.get("x-request-id", "")
        if WELL_FORMED.fullmatch(given):
            return str(given)
    return uuid.uuid4().hex


class LineFormatter(logging.Formatter):
    """One line for people, with a traceback below it."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        request_id = REQUEST_ID.get()
        return super().formatMessage(record) + (f" [request {request_id}]" if request_id else "")


class JSONFormatter(logging.Formatter):
    """One object a line, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            entry["request_id"] = request_id
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            entry["stack"] = self.formatStack(record.stack_info)
        return json.dumps(entry)
