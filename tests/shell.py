"""A Django shell that runs one piece of code after the other, since starting one takes seconds.

Each line of its input is code, as JSON; each line of its output is what that printed and the error
that it ended with, if any.
"""

import contextlib
import io
import json
import sys
import traceback

import django


def main() -> None:
    django.setup()
    from django.db import connections

    for line in sys.stdin:
        printed, error = io.StringIO(), ""
        try:
            with contextlib.redirect_stdout(printed):
                exec(json.loads(line), {})
        except Exception:
            error = traceback.format_exc()
        connections.close_all()
        print(json.dumps([printed.getvalue(), error]), flush=True)


if __name__ == "__main__":
    main()
