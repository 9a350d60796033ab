"""What granian calls for each request."""

import time
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings

from magazine.logs import REQUEST_ID, request_id_of
from magazine.wsgi import application as django

from . import bodies, health, metrics
from .answers import SPOOLED_FROM, Answer, Refusal, send
from .content import CONTENT
from .database import limit_waiting
from .page_cache import PageCache
from .pools import pool_for
from .wsgi import answer_of, environ_of

# What is answered without the database.
FILES = (settings.STATIC_URL, settings.MEDIA_URL)
PAGES = PageCache(django, settings.PAGE_CACHE_MB * 1_000_000)


async def application(scope: Any, protocol: Any) -> None:
    """Send a kept page; or collect the body, let a thread of Django answer, and send its answer.
    The scope and the protocol are those of the RSGI specification."""
    if scope.proto != "http":
        protocol.close(None)
        return
    has_body = scope.method != "HEAD"
    is_health = scope.path.startswith(health.PREFIX)
    if is_health and (answer := await health.answer_to(scope, PAGES)):
        await send(protocol, answer, has_body=has_body)
        return
    begun = time.perf_counter()
    try:
        answer = await PAGES.answer(scope) or await answer_to(scope, protocol)
    except Refusal as refusal:
        answer = refusal.answer
    metrics.count(answer.kind, scope.path, answer.status, time.perf_counter() - begun)
    await send(protocol, answer, has_body=has_body)


async def answer_to(scope: Any, protocol: Any) -> Answer:
    if not scope.path.startswith(FILES):
        CONTENT.require_database()
    with SpooledTemporaryFile(SPOOLED_FROM) as body:
        await bodies.collect(scope, protocol, body)
        REQUEST_ID.set(request_id_of(scope))
        pool = pool_for(scope.path, body.tell())
        return await pool.run(answer_of, django, environ_of(scope, body))


def begin(loop: Any) -> None:
    """Watch the content from now on; granian calls it in each of its processes."""
    limit_waiting()
    CONTENT.start()


application.__rsgi_init__ = begin  # type: ignore[attr-defined]
