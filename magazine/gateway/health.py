"""What load balancers and monitoring ask.

The gateway answers it: no thread of Django's has to be free, no host to be ours, and no request is
sent on to https://.
"""

import hmac
import json
import os
from http import HTTPStatus
from typing import Any

from django.conf import settings

from . import metrics
from .answers import Answer
from .page_cache import PageCache
from .readiness import Status, results_of_checks, worst

PREFIX = "/healthz/"
# Prometheus wants the version; to others it says nothing.
TEXT = "text/plain; version=0.0.4; charset=utf-8"


async def answer_to(scope: Any, pages: PageCache) -> Answer | None:
    """Return the answer; None where Django is to say that there is nothing."""
    path = scope.path
    if scope.method not in ("GET", "HEAD"):
        return None
    if path == "/healthz/live":
        return as_json(HTTPStatus.OK, {"status": Status.PASS, "process": os.getpid()})
    if path == "/healthz/ready":
        return await ready(pages)
    if path == "/healthz/metrics" and settings.METRICS_TOKEN:
        return await measured(scope.headers.get("authorization", ""), pages)
    return None


async def ready(pages: PageCache) -> Answer:
    results = await results_of_checks()
    status = worst(results)
    is_ready = status is not Status.FAIL
    said = {
        "status": status,
        "process": os.getpid(),
        "checks": {
            name: {"status": result.status, **({"output": result.output} if result.output else {})}
            for name, result in results.items()
        },
        "page_cache": metrics.page_cache(pages),
    }
    return as_json(HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE, said)


async def measured(authorization: str, pages: PageCache) -> Answer:
    scheme, _, token = authorization.partition(" ")
    is_known = hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    if not (is_known and scheme.lower() == "bearer"):
        asked = ("www-authenticate", "Bearer")
        return uncached(
            HTTPStatus.UNAUTHORIZED, TEXT, "Give METRICS_TOKEN as a bearer token.\n", asked
        )
    return uncached(HTTPStatus.OK, TEXT, await metrics.text(pages))


def as_json(status: HTTPStatus, said: dict[str, Any]) -> Answer:
    return uncached(status, "application/json", json.dumps(said) + "\n")


def uncached(status: HTTPStatus, content_type: str, text: str, *headers: tuple[str, str]) -> Answer:
    kept = [("content-type", content_type), ("cache-control", "no-store"), *headers]
    return Answer(status, kept, text.encode())
