"""People who agreed elsewhere, by a CSV file, with the words of their consent.

A file is looked through first (`check`): each line gets its outcome and nobody is written to the
list. Then it is taken in, some lines at a time (`take_some`), so that it can be cut off anywhere,
asked for twice and gone on with. Uploads wait for the worker, which does both (`queue`).
"""

from .queue import enqueue, work_on, work_on_next
from .reading import LARGEST, UnreadableFile
from .storing import receive, take_some

__all__ = [
    "LARGEST",
    "UnreadableFile",
    "enqueue",
    "receive",
    "take_some",
    "work_on",
    "work_on_next",
]
