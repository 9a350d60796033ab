"""Threads of Django: readers' and the newsroom's apart, so that neither starves the other."""

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


def is_newsroom(path: str) -> bool:
    return path.startswith(NEWSROOM)


def pool_for(path: str) -> Pool:
    return NEWSROOM_STAFF if is_newsroom(path) else READERS
