"""People who agreed elsewhere, by a CSV file, with the words of their consent.

A file is looked through first (`receive`): each line gets its outcome and nobody is written to the
list. Then it is taken in, some lines at a time (`take_some`), so that it can be cut off anywhere,
asked for twice and gone on with.
"""

from .reading import LARGEST, UnreadableFile
from .storing import receive, take_some

__all__ = ["LARGEST", "UnreadableFile", "receive", "take_some"]
