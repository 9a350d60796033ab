"""One command, run as a newcomer runs it: a real process, real files."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from magazine.management.commands.quickstart import create_accounts
from tests.conftest import ROOT, empty_site, free_port, site_environment, wait_until_served


@pytest.fixture
def env(tmp_path) -> dict[str, str]:
    """Nothing is there yet."""
    return site_environment(tmp_path / "var", "magazine_quickstart_of_tests")


@dataclass(frozen=True)
class Prepared:
    env: dict[str, str]
    output: str


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Prepared:
    """A magazine that was set up once."""
    site = empty_site(tmp_path_factory.mktemp("prepared") / "var", "magazine_prepared_of_tests")
    return Prepared(site.env, site.output)


def quickstart(env, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", "quickstart", *arguments],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def sql(env, statement: str) -> None:
    code = f"from django.db import connection; connection.cursor().execute({statement!r})"
    subprocess.run(
        [sys.executable, ROOT / "manage.py", "shell", "-v0", "-c", code],
        env=env,
        cwd=ROOT,
        check=True,
    )


def is_one_clear_line(result: subprocess.CompletedProcess) -> bool:
    return (
        result.returncode == 1
        and "Traceback" not in result.stderr
        and len(result.stderr.strip().splitlines()) == 1
    )


def test_what_is_kept_is_for_its_own_user_alone(prepared):
    """But for static files and pictures, which a web server in front may read."""
    var = Path(prepared.env["VAR_DIR"])
    served = [var / "static", var / "media"]
    private = [
        path
        for path in var.rglob("*")
        if path not in served and not any(folder in path.parents for folder in served)
    ]
    assert {"secret_key", "outbox"} <= {path.name for path in private}
    assert [path for path in private if path.stat().st_mode & 0o077] == []
    sheets = list((var / "static").rglob("*.css"))
    assert len(sheets) > 10
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in [*served, *sheets])


@pytest.mark.django_db
def test_every_account_has_an_address_that_a_test_can_go_to():
    names = create_accounts()
    found = dict(get_user_model().objects.values_list("username", "email"))
    assert found == {name: f"{name}@magazine.example" for name in names}
    assert len(found) == 3


def test_accounts_are_printed_once_and_a_second_run_changes_nothing(prepared):
    accounts = re.findall(r"account (\w+)\s+password (\S+)", prepared.output)
    assert [name for name, _ in accounts] == ["writer", "editor", "chief"]
    assert len({password for _, password in accounts}) == 3
    assert all(len(password) >= 12 for _, password in accounts)

    var = Path(prepared.env["VAR_DIR"])
    kept = {path: path.read_bytes() for path in var.rglob("*") if path.is_file()}
    again = quickstart(prepared.env, "--no-demo", "--no-serve")
    assert again.returncode == 0
    assert "password" not in again.stdout
    after = {path: path.read_bytes() for path in var.rglob("*") if path.is_file()}
    changed = {path.name for path in kept if after.get(path) != kept[path]}
    # SQLite's own: whoever closes the file last tidies these away.
    assert changed <= {"db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm"}
    assert len(kept) > 100


def connections_of(process: psutil.Process) -> list[str]:
    """What a process holds open of the database. Workers that are forked from it would share one
    connection, and wait for ever for answers that another has read."""
    files = [file.path for file in process.open_files() if "sqlite3" in file.path]
    port = connection.settings_dict["PORT"] or 5432
    sockets = [one for one in process.net_connections() if one.raddr and one.raddr.port == port]
    return files + [str(one.raddr) for one in sockets]


def test_it_serves_until_it_is_stopped(prepared):
    """The site answers, a second one is told that the port is taken, and Ctrl+C ends it."""
    env = prepared.env
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "quickstart", "--no-demo", "--port", str(port)],
        env=env,
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_served(f"http://localhost:{port}/", process, seconds=60)
        me = psutil.Process(process.pid)
        assert connections_of(me) == []
        (worker,) = (one for one in me.children() if "newsletter_worker" in one.cmdline())
        # The port is taken now, and the next one who wants it is told so.
        second = quickstart(env, "--no-demo", "--port", str(port))
        assert is_one_clear_line(second), second.stderr
        assert f"Port {port} is in use" in second.stderr
    finally:
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=20) in (0, -signal.SIGINT)
    assert not worker.is_running()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_the_newsletters_worker_does_not_outlive_it(prepared, end):
    """Told to end or killed: no worker is left that mails on. It sends issues, since mail becomes
    files here."""
    process = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "quickstart", "--no-demo", "--port", str(free_port())],
        env=prepared.env,
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    children: list[psutil.Process] = []
    try:
        deadline = time.monotonic() + 60
        while not any("newsletter_worker" in one.cmdline() for one in children):
            assert time.monotonic() < deadline
            time.sleep(0.1)
            children = psutil.Process(process.pid).children(recursive=True)
        (worker,) = (one for one in children if "newsletter_worker" in one.cmdline())
        assert worker.environ()["NEWSLETTER_SENDING"] == "true"
        process.send_signal(end)
        process.wait(timeout=30)
        worker.wait(timeout=30)
        assert not worker.is_running()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def test_a_folder_that_cannot_be_written_is_named(env, tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be")
    result = quickstart(env, "--no-demo", "--no-serve")
    assert is_one_clear_line(result), result.stderr
    assert str(tmp_path / "var") in result.stderr


def test_a_database_ahead_of_the_code_is_left_alone(prepared):
    row = "'articles', '0999_from_the_future', '2030-01-01'"
    sql(prepared.env, f"INSERT INTO django_migrations (app, name, applied) VALUES ({row})")
    result = quickstart(prepared.env, "--no-demo", "--no-serve")
    sql(prepared.env, "DELETE FROM django_migrations WHERE name = '0999_from_the_future'")
    assert is_one_clear_line(result), result.stderr
    assert "ahead of this code" in result.stderr
    assert "articles.0999_from_the_future" in result.stderr


def test_a_database_from_before_the_migrations_were_folded_is_left_alone(prepared):
    """By quickstart and by migrate: each says what to do, and neither touches a table."""
    row = "'articles', '0001_initial', '2026-10-01'"
    sql(prepared.env, f"INSERT INTO django_migrations (app, name, applied) VALUES ({row})")
    result = quickstart(prepared.env, "--no-demo", "--no-serve")
    migrated = subprocess.run(
        [sys.executable, ROOT / "manage.py", "migrate"],
        env=prepared.env,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    sql(
        prepared.env,
        "DELETE FROM django_migrations WHERE name = '0001_initial' AND app = 'articles'",
    )
    assert is_one_clear_line(result), result.stderr
    for said in (result.stderr, migrated.stderr):
        assert "Move var/ away" in said
        assert "Traceback" not in said


@pytest.mark.parametrize(
    "address",
    [
        "postgres://nobody@127.0.0.1:1/nowhere",
        "sqlite:////dev/null/db.sqlite3",
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line(env, address):
    result = quickstart({**env, "DATABASE_URL": address}, "--no-demo", "--no-serve")
    assert is_one_clear_line(result), result.stderr
    assert "database cannot be used" in result.stderr


def test_a_file_that_is_no_database_is_one_line(env, tmp_path):
    (tmp_path / "other").write_bytes(b"not a database" * 100)
    result = quickstart(
        {**env, "DATABASE_URL": f"sqlite:///{tmp_path / 'other'}"}, "--no-demo", "--no-serve"
    )
    assert is_one_clear_line(result), result.stderr


@pytest.mark.parametrize("port", ["0", "-1", "70000", "http"])
def test_a_port_that_is_none_is_refused(env, port):
    result = quickstart(env, "--no-demo", "--port", port)
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert "port" in result.stderr.lower()


def test_a_listening_stranger_is_not_disturbed(env):
    """The port is probed before anything is made."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        result = quickstart(env, "--port", str(stranger.getsockname()[1]))
    assert is_one_clear_line(result), result.stderr
    assert not Path(env["VAR_DIR"]).exists()


def test_a_demo_that_was_cut_off_is_finished_by_the_next_run(demo_site):
    """The mark of an unfinished demo is there from its first picture to its last article."""
    unfinished = Path(demo_site.env["VAR_DIR"]) / "demo.unfinished"
    assert not unfinished.exists()
    assert "The demo" not in quickstart(demo_site.env, "--no-serve").stdout
    unfinished.touch()
    assert "The demo: 0 articles added, 36 left" in quickstart(demo_site.env, "--no-serve").stdout
    assert not unfinished.exists()
