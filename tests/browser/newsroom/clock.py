"""The magazine, served with a clock that a test can move.

The file that CLOCK names says how many seconds the magazine is ahead of the world.
"""

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine

from magazine.wsgi import application as magazine

CLOCK = Path(os.environ["CLOCK"])


class Ahead:
    """How far ahead this process is."""

    seconds = 0.0
    travel: time_machine.travel | None = None

    def follow(self) -> None:
        seconds = float(CLOCK.read_text())
        if seconds == self.seconds:
            return
        if self.travel:
            self.travel.stop()
        there = datetime.now(UTC) + timedelta(seconds=seconds)
        self.travel = time_machine.travel(there, tick=True)
        self.travel.start()
        self.seconds = seconds


ahead = Ahead()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    ahead.follow()
    return magazine(environ, start_response)
