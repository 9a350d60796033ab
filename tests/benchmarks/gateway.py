"""The gateway, without what it does when an answer has been sent: that is no part of a request."""

from concurrent.futures import Executor, Future
from typing import Any

from magazine.gateway.application import PAGES, application

__all__ = ["application"]


class Idle(Executor):
    def submit(self, *args: Any, **kwargs: Any) -> "Future[Any]":
        return Future()


PAGES.packers = Idle()  # type: ignore[assignment]
