"""The mail server hangs, resets, breaks off in a mail: nobody is lost, nobody doubled.

The tests of the newsletter inject these into a real mail server of their own; the drill runs them.
"""

import re
import subprocess
import sys
from collections.abc import Iterator

from tests.conftest import ROOT
from tests.faults.table import Drill, Row, fault

SMTP = "tests/newsletter/test_sending_smtp.py"
TESTS = {
    "hang": ["a_server_that_says_nothing", "an_answer_that_never_comes", "comes_late"],
    "reset, cut in DATA": ["breaks_before_the_final_dot", "breaks_after_the_body"],
    "refuse": ["a_server_that_is_not_there", "421_after_some_mails"],
}


@fault
def mail_server(drill: Drill) -> Iterator[Row]:
    for name, tests in TESTS.items():
        command = [sys.executable, "-m", "pytest", "-q", SMTP, "-k", " or ".join(tests)]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        passed = re.search(r"(\d+) passed", done.stdout)
        yield Row(
            f"mail-server: {name}",
            f"{passed[1] if passed else 0} tests of {SMTP} passed",
            "none lost, none doubled",
            done.returncode == 0 and passed is not None,
        )
