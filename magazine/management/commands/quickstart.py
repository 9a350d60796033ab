"""From a fresh checkout to a magazine in the browser, in one command."""

import hashlib
import logging
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from rich.console import Console

from articles.models import Article
from magazine.checks import FORMER_DATABASE, is_former_database, shared_database
from magazine.gateway.server import serve

from .load_demo import load

HOST = "127.0.0.1"
ROLES = ("Writer", "Editor", "Chief")
# Seconds in which the newsletter's worker has finished the mails that it has in hand.
WORKER_ENDS_WITHIN = 10


class Command(BaseCommand):
    help = "Set the magazine up in var/ and serve it. Run again, it changes nothing and serves."
    # The database may be missing or behind; that is what this command sees to.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="default: 8000")
        parser.add_argument("--no-demo", action="store_true", help="start with an empty magazine")
        parser.add_argument("--no-serve", action="store_true", help="set up, and stop there")

    def handle(self, *, port: int, no_demo: bool, no_serve: bool, **options: Any) -> None:
        console = Console(highlight=False)
        if not no_serve:
            refuse_taken_port(port)
        make_folders()
        keep_secret_key()
        migrate()
        if not no_demo:
            load_demo(console)
        for username, password in create_accounts().items():
            console.print(f"  account [bold]{username}[/]  password [bold]{password}[/]")
        collect_static_files()
        if no_serve:
            console.print("Everything is set up. Start it with: manage.py quickstart")
            return
        console.print(f"The magazine:  http://localhost:{port}/")
        console.print(f"The newsroom:  http://localhost:{port}/admin/   (stop with Ctrl+C)")
        set_site_url(port)
        let_go_of_the_database()
        with newsletter_worker():
            serve(host=HOST, port=port, workers=2)


def refuse_taken_port(port: int) -> None:
    if not 0 < port < 65536:
        raise CommandError(f"There is no port {port}: choose one from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CommandError(f"Port {port} is reserved for the system: choose another.") from None
        except OSError:
            raise CommandError(
                f"Port {port} is in use: choose another with --port {port + 1}."
            ) from None


def make_folders() -> None:
    """Raise CommandError for a folder that the magazine must write and cannot."""
    # Others may pass through the first to what a web server in front serves from the next two.
    modes = {settings.VAR_DIR: 0o711, settings.MEDIA_ROOT: 0o755, settings.STATIC_ROOT: 0o755}
    if email_folder := getattr(settings, "EMAIL_FILE_PATH", None):
        modes[email_folder] = 0o700
    for folder, mode in modes.items():
        folder = Path(folder)
        try:
            if not folder.exists():
                folder.mkdir(parents=True)
                folder.chmod(mode)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from None


def keep_secret_key() -> None:
    """Keep a key in `var/` if the environment has none, so that logins survive a restart."""
    kept = settings.VAR_DIR / "secret_key"
    if os.environ.get("SECRET_KEY") or kept.exists():
        return
    kept.write_text(settings.SECRET_KEY + "\n")


def migrate() -> None:
    """Raise CommandError for a database that cannot be reached or that is ahead of this code."""
    # The pool tells of every attempt; the last word is ours.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    try:
        if text := shared_database():
            raise CommandError(text)
        if is_former_database(connection):
            raise CommandError(FORMER_DATABASE)
        loader = MigrationLoader(connection)
        known = set(loader.disk_migrations)
        apps = {app for app, _ in known}
        ahead = sorted(
            f"{app}.{name}"
            for app, name in loader.applied_migrations
            if app in apps and (app, name) not in known and (app, name) not in loader.replacements
        )
        if ahead:
            raise CommandError(
                f"The database is ahead of this code: it has {', '.join(ahead)}. "
                "Update the code, or name another database in DATABASE_URL."
            )
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise CommandError(f"The database cannot be used: {' '.join(str(error).split())}") from None


def load_demo(console: Console) -> None:
    """Fill an empty magazine; go on where an earlier run was cut off in the middle."""
    unfinished = settings.VAR_DIR / "demo.unfinished"
    if unfinished.exists() or not Article.objects.exists():
        unfinished.touch()
        load(console)
        unfinished.unlink()


@transaction.atomic
def create_accounts() -> dict[str, str]:
    """Create one account for each role and return their passwords; nothing if there are
    accounts."""
    User = get_user_model()
    if User.objects.exists():
        return {}
    passwords = {}
    for role in ROLES:
        username = role.lower()
        passwords[username] = secrets.token_urlsafe(12)
        # The host is reserved (RFC 2606): tests of a mail go somewhere, and reach no stranger.
        user = User.objects.create_user(
            username,
            f"{username}@magazine.example",
            passwords[username],
            is_staff=True,
            first_name=role,
        )
        user.groups.add(Group.objects.get(name=role))
    return passwords


def collect_static_files() -> None:
    """Collect and compress them, unless they are the ones that were collected last time."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(None):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}".encode())
    seen = settings.VAR_DIR / "static.sha256"
    if not seen.exists() or seen.read_text() != digest.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0)
        seen.write_text(digest.hexdigest())


def let_go_of_the_database() -> None:
    """Close all connections. The workers are forked from this process: with a connection that was
    open here, two of them would read each other's answers from one socket, and wait for ever for
    their own."""
    connections.close_all()
    for one in connections.all():
        if one.vendor == "postgresql":
            one.close_pool()  # type: ignore[attr-defined]


def set_site_url(port: int) -> None:
    """Set SITE_URL for the processes that follow, which read the settings again or inherit these;
    unless the operator said it."""
    if "SITE_URL" not in os.environ:
        os.environ["SITE_URL"] = settings.SITE_URL = f"http://localhost:{port}"


@contextmanager
def newsletter_worker() -> Iterator[None]:
    """Run the worker beside the server: it ends with it, and ends by itself when this process is
    killed. Where mail only becomes files, issues are sent too."""
    command = [sys.executable, sys.argv[0], "newsletter_worker", "--parent", str(os.getpid())]
    environment = dict(os.environ)
    if not environment.get("EMAIL_URL"):
        environment.setdefault("NEWSLETTER_SENDING", "true")
    worker = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(WORKER_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            worker.kill()
