"""The measures of the code's shape, with the limits that hold; prints their table as a script."""

from tests import structure
from tests.benchmarks.conftest import Table


def fill(table: Table) -> list[str]:
    """Add a row for each measure; the measures that are beyond their limit are returned."""
    failed: list[str] = []

    def add(measure: str, measured: float, limit: float, least: float = 0) -> None:
        table.add(measure, f"{measured:g}", f"{least:g} to {limit:g}" if least else f"≤ {limit:g}")
        if not least <= measured <= limit:
            failed.append(measure)

    functions, documented = structure.docstrings()
    lines = sum(one.lines for one in structure.modules() if not one.is_demo)
    add("files side by side in one folder", max(structure.files_side_by_side().values()), 22)
    add("import cycles", len(structure.import_cycles()), 0)
    add("cast(User", structure.occurrences(r"cast\(\"?(User|AbstractUser)\b"), 0)
    add("type: ignore", structure.occurrences(r"type: ignore"), 12)
    add("functions over 40 lines", len(structure.long_functions()), 3)
    add("functions with a docstring, %", round(100 * len(documented) / functions, 1), 35, 25)
    fragments = structure.opening_in_fragments()
    add(
        "docstrings that open in a fragment, %", round(100 * len(fragments) / len(documented), 1), 2
    )
    add("class names used twice in an app", len(structure.repeated_class_names()), 0)
    add("breadcrumbs written out by hand", len(structure.breadcrumbs_by_hand()), 3)
    # Without a limit: it grows with what the magazine can do.
    table.add("Python lines, demo and migrations apart", str(lines), "")
    add("lines of the longest style file", structure.longest("static", ".css")[0], 300)
    add("lines of the longest script", structure.longest("static", ".js")[0], 280)
    return failed


if __name__ == "__main__":
    table = Table()
    failed = fill(table)
    print(*table.lines(), sep="\n")
    for name, found in {
        "cycles": structure.import_cycles(),
        "long functions": structure.long_functions(),
        "classes of one name": structure.repeated_class_names(),
        "openings in fragments": structure.opening_in_fragments(),
        "breadcrumbs by hand": structure.breadcrumbs_by_hand(),
    }.items():
        print(f"\n{name}:", *found, sep="\n  ")
