"""What SQLite needs so that several processes can write one file."""

import sqlite3
from pathlib import Path

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


def is_mended(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    return version >= MENDED or any(
        branch[:2] == version[:2] and version >= branch for branch in MENDED_BRANCHES
    )


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
