"""The first program of a child: it binds itself to limits, then becomes the program that is named.

It is run by path and imports nothing of the magazine.
"""

import json
import os
import resource
import runpy
import sys
from typing import Any


def bind(limits: dict[str, Any]) -> None:
    """Give up what the work does not need; the kernel holds the process to it from here on."""
    os.nice(10)
    bounds = {
        resource.RLIMIT_CPU: limits["seconds"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: limits["files"],
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform != "darwin":  # macOS refuses to set this one
        bounds[resource.RLIMIT_AS] = limits["memory"]
    for kind, bound in bounds.items():
        if bound is None:
            continue
        hard = resource.getrlimit(kind)[1]
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        # One second between the two for processor time: the first ends it with a signal by name.
        ceiling = bound + 1 if kind == resource.RLIMIT_CPU and bound != hard else bound
        resource.setrlimit(kind, (bound, ceiling))


if __name__ == "__main__":
    bind(json.loads(sys.argv[1]))
    del sys.argv[:2]
    runpy.run_path(sys.argv[0], run_name="__main__")
