"""Threads of Django: readers', the newsroom's and uploads' apart, so that none starves another."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from .answers import Refusal

NEWSROOM = ("/admin/", "/accounts/")


class Pool:
    """A few threads, and a bounded queue before them."""

    def __init__(self, name: str, *, threads: int, waiting: int) -> None:
        self.name, self.threads = name, threads
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self.size = self.room = threads + waiting

    @property
    def busy(self) -> int:
        return min(self.size - self.room, self.threads)

    @property
    def waiting(self) -> int:
        return self.size - self.room - self.busy

    @property
    def is_busy(self) -> bool:
        # Whoever comes now waits for a thread.
        return self.busy == self.threads

    async def run(self, call: Callable[..., Any], *given: Any) -> Any:
        """Return what a thread returns for the call, in the context of who asks. Raises Refusal,
        503, where so many wait that another one would wait too long."""
        if self.room == 0:
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, retry_after=2)
        self.room -= 1
        try:
            context, loop = contextvars.copy_context(), asyncio.get_running_loop()
            return await loop.run_in_executor(self.executor, context.run, call, *given)
        finally:
            self.room += 1


READERS = Pool("readers", threads=2, waiting=200)
NEWSROOM_STAFF = Pool("newsroom", threads=2, waiting=40)
# Pictures and .docx are worked at for seconds, in child processes of low priority. Two at a time,
# and nobody's click waits behind them.
UPLOADS = Pool("uploads", threads=2, waiting=40)
POOLS = (READERS, NEWSROOM_STAFF, UPLOADS)
# Bytes from which on the body of a request is no form that somebody has typed.
SMALLEST_UPLOAD = 1024 * 1024
# Forms whose file takes its time, however small it is.
FILES = (
    "/admin/articles/article/docx/",
    "/admin/articles/image/add/",
    "/admin/articles/image/upload/",
    "/admin/articles/image/files/",
)


def is_newsroom(path: str) -> bool:
    return path.startswith(NEWSROOM)


def pool_for(path: str, size: int = 0) -> Pool:
    """Return the pool for a request whose body has `size` bytes."""
    if not is_newsroom(path):
        return READERS
    is_upload = size >= SMALLEST_UPLOAD or (size > 0 and path in FILES)
    return UPLOADS if is_upload else NEWSROOM_STAFF
