"""Bodies of requests: collected on the event loop, within limits of size and time."""

import asyncio
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings

from .answers import Refusal
from .pools import is_newsroom

# What a form for readers holds, with room to spare.
LARGEST_OF_READERS = 16 * 1024
# A provider tells of many bounces at once.
LARGEST_OF_PROVIDERS = 1024 * 1024
PROVIDERS = "/newsletter/provider/"
# Seconds for a body, and bytes a second that a longer one, an upload, has to keep.
PATIENCE = 30.0
SLOWEST = 32 * 1024


def largest(path: str) -> int:
    if is_newsroom(path):
        return settings.UPLOAD_MAX_MB * 1024 * 1024
    return LARGEST_OF_PROVIDERS if path == PROVIDERS else LARGEST_OF_READERS


async def collect(scope: Any, protocol: Any, body: IO[bytes]) -> None:
    """Write the body of a request into a file. Raises Refusal: 413 for one that is too large, 408
    for one that is too slow, 400 for one that breaks off, 507 where the disk has no room for it;
    and 411 for one whose length is not announced (RFC 9112, section 6.3), since nothing would tell
    where it breaks off."""
    headers = scope.headers
    if "transfer-encoding" in headers:
        raise Refusal(HTTPStatus.LENGTH_REQUIRED)
    announced = int(headers.get("content-length", "0"))
    if announced > largest(scope.path):
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if announced:
        await receive(protocol, body)
    if body.tell() != announced:
        raise Refusal(HTTPStatus.BAD_REQUEST)


async def receive(protocol: Any, body: IO[bytes]) -> None:
    clock = asyncio.get_running_loop().time
    begun = clock()
    try:
        async with asyncio.timeout_at(begun + PATIENCE) as deadline:
            async for piece in protocol:
                body.write(piece)
                deadline.reschedule(begun + PATIENCE + body.tell() / SLOWEST)
    except TimeoutError:
        raise Refusal(HTTPStatus.REQUEST_TIMEOUT) from None
    except OSError:
        raise Refusal(HTTPStatus.INSUFFICIENT_STORAGE) from None
