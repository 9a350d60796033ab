"""The worker that decodes a picture: it dies, hangs and is limited without harm."""

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from PIL import Image

from articles import renditions
from tests.articles import picture_files as files
from tests.articles.test_renditions import process, refusal

pytestmark = pytest.mark.usefixtures("nothing_is_left_lying_about")


def stand_in(tmp_path: Path, program: str) -> Path:
    """Another program in the worker's place."""
    path = tmp_path / "stand_in.py"
    path.write_text(program)
    return path


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT"])
def test_a_decoder_that_dies_is_a_refusal(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash in a C library ends the child alone."""
    program = f"import os, signal; os.kill(os.getpid(), signal.{name})"
    monkeypatch.setattr(renditions, "WORKER", stand_in(tmp_path, program))

    assert refusal(files.jpeg()) == "The picture could not be read: decoding it failed."


def test_a_decoder_that_somebody_kills_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the kernel does when memory is short."""
    monkeypatch.setattr(renditions, "WORKER", stand_in(tmp_path, "import time; time.sleep(30)"))

    def kill_the_child() -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for child in psutil.Process(os.getpid()).children():
                if any("stand_in.py" in word for word in child.cmdline()):
                    child.send_signal(signal.SIGKILL)
                    return
            time.sleep(0.02)

    killer = threading.Thread(target=kill_the_child)
    killer.start()
    assert refusal(files.jpeg()) == "The picture could not be read: decoding it failed."
    killer.join()


def test_a_decoder_that_never_ends_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Patience is counted on the clock too: a child that sleeps uses no processor."""
    monkeypatch.setattr(renditions, "WORKER", stand_in(tmp_path, "import time; time.sleep(30)"))
    monkeypatch.setattr(renditions, "PATIENCE", 0.3)

    assert refusal(files.jpeg()) == "The picture took too long to read."


def test_processor_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel ends the real worker at its limit."""
    monkeypatch.setattr(renditions, "LIMITS", replace(renditions.LIMITS, seconds=1))

    assert refusal(files.grain()) == "The picture took too long to read."


def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unpacks to more than its share is refused, and fits with enough."""
    data = files.large_transparent_png()
    assert len(data) < 1_000_000
    monkeypatch.setattr(renditions, "LIMITS", replace(renditions.LIMITS, memory=300_000_000))

    assert refusal(data) == "The picture needs too much memory to be read."


def test_the_largest_picture_allowed_fits_into_its_memory() -> None:
    """The worst case, transparent pixels, so that no editor meets the limit of memory first."""
    picture = Image.new("RGBA", (9_000, 6_600), (10, 60, 120, 128))

    made = process(files.encoded(picture, "PNG", compress_level=1))

    assert (made.width, made.height) == (2880, 2112)


def test_the_worker_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and passwords are in the environment of the web process, not in the child's."""
    monkeypatch.setenv("SECRET_KEY", "key-of-the-magazine")
    program = """
import json, os
names = sorted(set(os.environ) - {"LC_CTYPE"})
print(json.dumps({"refused": f"{names} {os.getcwd() == os.path.realpath('/')}"}))
"""
    monkeypatch.setattr(renditions, "WORKER", stand_in(tmp_path, program))

    assert refusal(files.jpeg()) == "[] False"
