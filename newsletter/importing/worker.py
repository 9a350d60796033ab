"""The child program that works on one file of addresses, within limits (`articles.child_process`).

It ends after the piece at hand when the worker that started it is gone.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django


def main() -> None:
    django.setup()
    from newsletter.importing.queue import work_on

    key, parent = map(int, sys.argv[1:])
    work_on(key, lambda: os.getppid() == parent)


if __name__ == "__main__":
    main()
