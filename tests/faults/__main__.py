"""The drill as a command; it ends with 1 where a limit did not hold."""

import argparse
import importlib
import os
import pkgutil
import sys
import tempfile
import traceback
from pathlib import Path

import tests.faults
from tests.faults.table import FAULTS, Drill, Row, line, rows_of


def load() -> None:
    """Import every module of faults, which enter themselves in the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "magazine.settings")
    for module in pkgutil.iter_modules(tests.faults.__path__):
        if not (module.ispkg or module.name.startswith(("test_", "__", "conftest"))):
            importlib.import_module(f"tests.faults.{module.name}")


def main() -> None:
    load()
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    parser.add_argument("--short", action="store_true", help="seconds a fault, not minutes")
    asked = parser.parse_args()
    if unknown := [name for name in asked.faults if name not in FAULTS]:
        parser.error(f"no such fault: {', '.join(unknown)}; there are {', '.join(FAULTS)}")
    print("| fault | what was seen | limit | held? |\n|---|---|---|---|", flush=True)
    are_broken = [run(name, asked.short) for name in asked.faults or FAULTS]
    sys.exit(any(are_broken))


def run(name: str, is_short: bool) -> bool:
    """Inject a fault and print its rows; whether a limit was broken."""
    is_broken = False
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        # The servers of databases run as a user of their own.
        Path(folder).chmod(0o755)
        try:
            for row in rows_of(name, Drill(Path(folder), is_short)):
                print(line(row), flush=True)
                is_broken |= row.held is False
        except Exception as error:
            traceback.print_exc()
            print(line(Row(name, f"the drill itself failed: {error!r}", "", False)), flush=True)
            return True
    return is_broken


if __name__ == "__main__":
    main()
