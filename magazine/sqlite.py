"""What SQLite needs so that several processes can write one file."""

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

# One connection checkpoints, another writes, a third begins the log anew: before these versions
# that can corrupt the file.
MENDED = (3, 51, 3)
MENDED_BRANCHES = ((3, 50, 7), (3, 44, 6))

# The log, its index and the locks of SQLite work on one machine only.
NETWORK_FILE_SYSTEMS = {
    "9p", "afs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.sshfs", "glusterfs",
    "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs",
}  # fmt: skip
MOUNTS = Path("/proc/self/mountinfo")

# Bytes of the log from which on it is brought into the database.
LONG_LOG = 16 * 2**20
# Seconds that this waits for a writer, and then for readers while all writers wait.
PATIENCE_WITH_WRITERS = 0.1
PATIENCE_WITH_READERS = 0.5
# Seconds between two looks at whose turn it is: far less than a transaction takes.
INTERVAL = 0.005


def is_mended(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    return version >= MENDED or any(
        branch[:2] == version[:2] and version >= branch for branch in MENDED_BRANCHES
    )


def init_command(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """Return what each connection begins with: readers never wait for a writer, and the file is
    not mapped into memory.

    Where checkpoints can do damage, no connection makes one by itself: a gateway that runs calls
    `shorten_log`, and so does whoever commits while the log is longer than a gateway lets it be.
    """
    pragmas = ["journal_mode=WAL", "synchronous=NORMAL", "mmap_size=0"]
    if not is_mended(version):
        pragmas.append("wal_autocheckpoint=0")
    return " ".join(f"PRAGMA {pragma};" for pragma in pragmas)


@contextmanager
def turn(database: Path, patience: float) -> Iterator[float]:
    """Let one writer at a time ask SQLite for its lock, and yield the seconds that it may still
    wait for that.

    Who waits for SQLite sleeps ever longer between its looks, and loses to those who come fresh,
    for ever where they never rest. Here the one who wrote last must wait for its next turn like
    everybody: the others look for theirs while it writes. The system gives back the turn of a
    process that is killed. Out of patience, one asks SQLite once, for its error.
    """
    deadline = time.monotonic() + patience
    with Path(f"{database}-turn").open("w") as file:
        while not locks(file) and time.monotonic() < deadline:
            time.sleep(INTERVAL)
        yield max(0.0, deadline - time.monotonic())


def locks(file: IO[str]) -> bool:
    """Lock a file unless somebody else has; whether we did."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def network_file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """Name the network file system that holds the path; empty where it is a local one, and on
    systems that have no such list of mounts."""
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return ""
    longest, kind = -1, ""
    for line in lines:
        fields, _, source = line.partition(" - ")
        # Blanks and the like stand as octal escapes.
        point = Path(fields.split()[4].replace("\\040", " ").replace("\\011", "\t"))
        # A later mount on the same point covers the earlier one.
        if path.resolve().is_relative_to(point) and len(point.parts) >= longest:
            longest, kind = len(point.parts), source.split()[0]
    return kind if kind in NETWORK_FILE_SYSTEMS else ""


def write_ahead_log_size(database: Path) -> int:
    """Measure the log beside a database, in bytes; there is none before the first write."""
    try:
        return Path(f"{database}-wal").stat().st_size
    except FileNotFoundError:
        return 0


def shorten_log(database: Path, limit: int = LONG_LOG) -> bool:
    """Bring a log above the limit into the database and empty it, unless another process is at it
    or a writer at work. False where that kept writers waiting in vain, since a reader is long at
    work: then it should be called again after a while only."""
    if write_ahead_log_size(database) <= limit:
        return True
    # One process at a time, also when the one before was killed. The lock has a file of its own,
    # since closing a handle on the database would drop the locks of SQLite on it.
    with Path(f"{database}-checkpoint").open("w") as file:
        if not locks(file):
            return True
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            return checkpoint(connection)


def checkpoint(connection: sqlite3.Connection) -> bool:
    """Empty the log unless somebody writes; False where readers did not end in time."""
    connection.execute("PRAGMA wal_autocheckpoint=0")
    # If a writer comes between, TRUNCATE goes on without the write lock. Nobody begins the log
    # anew meanwhile as long as it holds something that is not in the database yet: this page.
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    wait_at_most(PATIENCE_WITH_WRITERS, connection)
    try:
        connection.execute(f"PRAGMA user_version={number}")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            return True
        raise
    wait_at_most(PATIENCE_WITH_READERS, connection)
    is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy


def wait_at_most(seconds: float, connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")
