"""Files of subscribers that wait for the worker: real processes, which are killed on the way."""

import os
import signal
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from newsletter import importing
from newsletter.importing import queue, storing
from newsletter.models import (
    AddressFile,
    AddressFilePiece,
    AddressLine,
    Consent,
    Subscriber,
    Subscription,
)
from newsletter.models.address_files import MOST_ATTEMPTS, SILENCE, TakenOver
from tests.newsletter import mailing
from tests.newsletter.test_importing import many
from tests.newsletter.test_newsletter_worker import wait

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 12_000


def enqueue(content: str) -> AddressFile:
    return importing.enqueue(
        SimpleUploadedFile("people.csv", content.encode()),
        name="people.csv",
        to=mailing.mailing_list(),
        wording="Signed the list at the spring conference, March 2026.",
        by=User.objects.get_or_create(username="newsletter")[0],
    )


def child_of(worker: subprocess.Popen) -> int | None:
    """Return the process that works for this worker, also when the worker itself is gone."""
    for one in psutil.process_iter(["pid", "cmdline"]):
        words = one.info["cmdline"] or []
        if words[-1:] == [str(worker.pid)] and any("importing/worker.py" in word for word in words):
            return one.info["pid"]
    return None


def is_checked(file: AddressFile) -> bool:
    return AddressFile.objects.filter(pk=file.pk, checked_at__isnull=False).exists()


def lines(file: AddressFile) -> int:
    return AddressFile.objects.get(pk=file.pk).line_count


def fall_silent(file: AddressFile) -> None:
    """Let the time pass after which a process that says nothing counts as gone."""
    long_ago = timezone.now() - SILENCE * 2
    AddressFile.objects.filter(pk=file.pk).update(worked_at=long_ago)


def is_imported_once(count: int) -> bool:
    return (
        Subscriber.objects.count()
        == Subscription.objects.count()
        == Consent.objects.count()
        == count
    )


def test_killed_on_the_way_it_is_taken_up_where_it_stood(tmp_path: Path):
    """First the child, then the worker with all its children, in either part of the work. Nobody
    is imported before somebody says so, and nobody twice."""
    file = enqueue(many(COUNT))
    env = mailing.environment(tmp_path, 1)
    with mailing.working(env) as worker:
        wait(lambda: lines(file) > 0)
        os.kill(child_of(worker), signal.SIGKILL)
        wait(lambda: child_of(worker) is None)
        stood = lines(file)
        assert 0 < stood < COUNT
        assert AddressLine.objects.count() == stood
        assert not is_checked(file)
        fall_silent(file)
        wait(lambda: is_checked(file))
        assert AddressLine.objects.count() == COUNT
        assert not AddressFilePiece.objects.exists()
        assert not Subscriber.objects.exists()
        file.refresh_from_db()
        file.start("chief")
        wait(Subscriber.objects.exists)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(timeout=20)
    # Its child ends by itself after the piece at hand, which is whole.
    wait(lambda: child_of(worker) is None)
    stood = Subscriber.objects.count()
    assert 0 < stood < COUNT
    assert is_imported_once(stood)
    fall_silent(file)
    with mailing.working(env, "--once") as worker:
        assert worker.wait(timeout=120) == 0
    assert is_imported_once(COUNT)
    file.refresh_from_db()
    assert file.finished_at
    assert not file.is_waiting


def test_a_worker_that_is_told_to_stop_leaves_the_file_to_the_next(tmp_path: Path):
    file = enqueue(many(COUNT))
    env = mailing.environment(tmp_path, 1)
    with mailing.working(env) as worker:
        wait(lambda: lines(file) > 0)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == 0
    assert 0 < lines(file) < COUNT
    with mailing.working(env, "--once") as worker:
        assert worker.wait(timeout=120) == 0
    assert is_checked(file)
    assert lines(file) == AddressLine.objects.count() == COUNT


def test_one_that_kills_whoever_reads_it_is_given_up_and_that_is_said(monkeypatch, tmp_path):
    """Nothing of it stays but the words."""
    monkeypatch.setattr(queue, "PROGRAM", tmp_path / "deadly.py")
    queue.PROGRAM.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    file = enqueue(many(3))
    for _ in range(MOST_ATTEMPTS):
        assert importing.work_on_next(lambda: False) == 1
        # Not at once: the machine may be short of memory for a moment.
        assert importing.work_on_next(lambda: False) == 0
        fall_silent(file)
    assert importing.work_on_next(lambda: False) == 1
    file.refresh_from_db()
    assert "3 times the process that worked on it was ended, after 0 lines" in file.fault
    assert not AddressFilePiece.objects.exists()
    assert importing.work_on_next(lambda: False) == 0


def test_an_import_that_was_given_up_is_gone_on_with_when_somebody_says_so():
    file = enqueue(many(3))
    importing.work_on(file.pk)
    file.refresh_from_db()
    assert file.start("chief")
    file.fail("Three times.")
    assert AddressFile.objects.claim() is None
    assert not file.start("other")
    assert AddressFile.objects.claim() == file
    importing.work_on(file.pk)
    assert is_imported_once(3)
    assert "imported by chief" in Consent.objects.first().page


def test_a_line_that_needs_too_much_memory_is_said_to(tmp_path, monkeypatch):
    """It is the memory of a child, and the file is refused at once."""
    monkeypatch.setattr(queue, "LIMITS", replace(queue.LIMITS, memory=700_000_000))
    file = enqueue("email\n" + many(5)[6:] + "ab," * 15_000_000)
    env = {**os.environ, **mailing.environment(tmp_path, 1)}
    for name in env.keys() - os.environ.keys() | {"DATABASE_URL", "VAR_DIR"}:
        if name in env:
            monkeypatch.setenv(name, env[name])
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "magazine.settings")
    importing.work_on_next(lambda: False)
    file.refresh_from_db()
    assert "needs too much memory" in file.fault
    assert not AddressLine.objects.exists()


def test_two_processes_that_have_the_same_file_do_nothing_twice(monkeypatch):
    monkeypatch.setattr(storing, "AT_ONCE", 2)
    file = enqueue(many(7))
    steps = iter([False])

    def one_piece_of_another() -> bool:
        importing.work_on(file.pk, lambda: next(steps, False))
        return True

    with pytest.raises(TakenOver):
        importing.work_on(file.pk, one_piece_of_another)
    assert lines(file) == AddressLine.objects.count() == 4
    importing.work_on(file.pk)
    assert lines(file) == AddressLine.objects.count() == 7


def test_each_file_is_worked_on_by_one_process_and_the_oldest_first():
    first, second = enqueue(many(1)), enqueue(many(1))
    assert [AddressFile.objects.claim() for _ in range(3)] == [first, second, None]
    first.release()
    assert AddressFile.objects.claim() == first


def test_what_a_command_has_at_hand_is_not_for_the_worker():
    AddressFile.objects.create(name="people.csv", list=mailing.mailing_list(), wording="…")
    assert AddressFile.objects.claim() is None


def test_old_files_are_forgotten_by_the_worker(time_machine):
    from newsletter.background_jobs import purge_expired

    enqueue(many(3))
    time_machine.move_to(timezone.now() + timedelta(days=8))
    assert purge_expired() == 1
    assert not AddressFilePiece.objects.exists()
