"""Programs that look into files of strangers: each a process of its own, which the kernel holds to
limits. Whatever such a file does to its reader, the process that serves pages lives on."""

import json
import logging
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

logger = logging.getLogger(__name__)

LAUNCH = Path(__file__).with_name("launch.py")
# Children of this process at a time. Their priority is low, but memory has none.
AT_ONCE = BoundedSemaphore(3)


@dataclass(frozen=True)
class Limits:
    """What a child may use: memory and the size of a file that it writes in bytes, processor time
    in seconds."""

    memory: int
    seconds: int
    file_bytes: int | None = None
    files: int | None = None


class ChildDied(Exception):
    """A child that the kernel ended, or that failed; `took_too_long` if that was for its time."""

    def __init__(self, *, took_too_long: bool) -> None:
        self.took_too_long = took_too_long
        super().__init__("took too long" if took_too_long else "failed")


def command(program: Path, limits: Limits, *given: str) -> list[str]:
    return [sys.executable, "-I", str(LAUNCH), json.dumps(asdict(limits)), str(program), *given]


def run(
    program: Path, order: dict[str, Any], room: Path, limits: Limits, patience: float
) -> dict[str, Any]:
    """Run a program in the folder `room`, without any of our environment, and return the JSON that
    it prints. Raises ChildDied, also when it is not done after `patience` seconds on the clock.

    Its output goes to files, which are bounded; a pipe is not.
    """
    with (
        AT_ONCE,
        (room / "report").open("wb") as report,
        (room / "complaint").open("wb") as complaint,
    ):
        try:
            done = subprocess.run(  # noqa: S603 (no word of the file is in the command)
                command(program, limits, json.dumps(order)),
                cwd=room,
                env={},
                stdin=subprocess.DEVNULL,
                stdout=report,
                stderr=complaint,
                timeout=patience,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            raise ChildDied(took_too_long=True) from None
    if done.returncode == 0:
        return json.loads((room / "report").read_bytes())
    logger.warning(
        "%s ended with %s: %s",
        program.parent.name,
        done.returncode,
        (room / "complaint").read_text(errors="replace")[-500:],
    )
    raise ChildDied(took_too_long=done.returncode == -signal.SIGXCPU)
