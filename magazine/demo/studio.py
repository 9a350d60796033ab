"""Where the demo's pictures are made, ahead of the loader and on every processor."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any, Self

from django.core.files.base import ContentFile

from articles.models import Image


class Studio:
    """The processes that draw and encode. Drawing takes seconds, and so does the worker: each runs
    in processes of its own, while the threads here only wait for them. Nothing is stored."""

    def __init__(self) -> None:
        hands = os.cpu_count() or 1
        # Spawned, not forked: a database pool's threads do not survive a fork.
        self.draughtsmen = ProcessPoolExecutor(
            hands,
            mp_context=get_context("spawn"),
            initializer=signal.signal,
            initargs=(signal.SIGINT, signal.SIG_IGN),
        )
        self.couriers = ThreadPoolExecutor(hands)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Leave whatever nobody waits for any more undrawn."""
        self.couriers.shutdown(wait=False, cancel_futures=True)
        self.draughtsmen.shutdown(cancel_futures=True)
        self.couriers.shutdown()

    def order(
        self, draw: Callable[..., bytes], *arguments: str | int, **words: Any
    ) -> "Future[Image]":
        """Return an unsaved image with these words, drawn and processed as soon as its turn comes.
        `draw` must be importable without Django."""

        def picture() -> Image:
            drawn = self.draughtsmen.submit(draw, *arguments).result()
            image = Image(file=ContentFile(drawn, "drawing.jpg"), **words)
            image.file.process(image.file.file)
            return image

        return self.couriers.submit(picture)
