from dataclasses import dataclass, field

import pytest


@dataclass
class Table:
    """What was measured in this run, printed once at its end."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, measure: str, measured: str, limit: str) -> None:
        self.rows.append((measure, measured, limit))

    def lines(self) -> list[str]:
        rows = [("measure", "measured", "limit"), *self.rows]
        first, second, third = (max(map(len, column)) for column in zip(*rows, strict=True))
        lines = [f"{a:<{first}}  {b:>{second}}  {c:>{third}}" for a, b, c in rows]
        return [lines[0], "-" * len(lines[0]), *lines[1:]]


TABLE = pytest.StashKey[Table]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TABLE] = Table()


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> Table:
    return pytestconfig.stash[TABLE]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    table = config.stash[TABLE]
    if table.rows:
        terminalreporter.section("benchmarks")
        for line in table.lines():
            terminalreporter.write_line(line)
