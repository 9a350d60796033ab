"""Moves the clock of a Python process, and of those that it forks, while they run.

Python imports this as it starts, where this folder is in PYTHONPATH. The file that CLOCK names says
how many seconds the process is ahead of the world. `time.monotonic()` goes on as it does when an
operator, or NTP, sets the clock.
"""

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import time_machine

FILE = Path(os.environ["CLOCK"])
INTERVAL = 0.02


def follow() -> None:
    seconds = None
    while True:
        if (wanted := float(FILE.read_text())) != seconds:
            seconds = wanted
            clock.move_to(time_machine.escape_hatch.time.time() + seconds, tick=True)
            time.time()  # it stands still until it is first looked at
        time.sleep(INTERVAL)


def start() -> None:
    threading.Thread(target=follow, daemon=True).start()


clock = time_machine.travel(datetime.now(UTC), tick=True).start()
start()
os.register_at_fork(after_in_child=start)
