"""Files that wait for the worker: a process of the web server only keeps them. The worker has a
child process, held to limits, work on one after another, and takes up what a dead one left."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from articles.child_process import Limits, command
from newsletter.models import AddressFile, AddressFilePiece, MailingList
from newsletter.models.address_files import MOST_ATTEMPTS
from newsletter.models.mail_events import storable

from .reading import CHUNK, UnreadableFile, encoding_of
from .storing import check, take_some

PROGRAM = Path(__file__).with_name("worker.py")
# One that runs out of processor time is gone on with by the next.
LIMITS = Limits(memory=1_500_000_000, seconds=900)
LOOK_EVERY = 0.1


@transaction.atomic
def enqueue(
    upload: UploadedFile, *, name: str, to: MailingList, wording: str, by: User
) -> AddressFile:
    """Keep an upload for the worker to look through. Raises UnreadableFile for what is no text."""
    encoding_of(cast(BinaryIO, upload))
    file = AddressFile.objects.create(
        name=storable(name, 200), list=to, wording=wording, made_by=by, size=upload.size or 0
    )
    for number, data in enumerate(upload.chunks(CHUNK)):
        AddressFilePiece.objects.create(file=file, number=number, data=data)
    return file


def work_on(key: int, goes_on: Callable[[], bool] = lambda: True) -> None:
    """Look a file through, or import its people, for as long as `goes_on` says so. Raises
    TakenOver."""
    file = AddressFile.objects.select_related("list").get(pk=key)
    try:
        if file.checked_at is None:
            with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as content:
                for number in range(file.pieces.count()):
                    content.write(file.pieces.get(number=number).data)
                content.seek(0)
                check(file, content, goes_on)
        else:
            while goes_on() and not take_some(file.pk, file.started_by):
                pass
    except UnreadableFile as fault:
        file.fail(str(fault))
    except MemoryError:
        file.fail("A line of it is so long that it needs too much memory.")


def work_on_next(is_stopping: Callable[[], bool]) -> int:
    """Have a child work on the file that waits longest; return 1 if there was one. A child that
    dies leaves it to the next, which takes it up when nothing has been heard for a while."""
    file = AddressFile.objects.claim()
    if file is None:
        return 0
    if file.attempts > MOST_ATTEMPTS:
        file.fail(last_words(file))
        return 1
    child = subprocess.Popen(  # noqa: S603 (no word of the file is in the command)
        command(PROGRAM, LIMITS, str(file.pk), str(os.getpid())),
        # Memory that is only set aside counts too, and glibc sets much aside for each thread.
        env={**os.environ, "MALLOC_ARENA_MAX": "2"},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    while child.poll() is None and not is_stopping():
        time.sleep(LOOK_EVERY)
    if child.returncode is None:
        child.terminate()
        child.wait()
        file.release()
    elif child.returncode == 0:
        file.release()
    return 1


def last_words(file: AddressFile) -> str:
    died = f"{MOST_ATTEMPTS} times the process that worked on it was ended"
    if file.checked_at is None:
        return (
            f"{died}, after {file.line_count:,} lines: what follows needs too much memory or time. "
            "Nothing of it is imported."
        )
    return f"{died}. Who is on the list stays there; tell whoever looks after the server."
