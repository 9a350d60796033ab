"""The shape of the code, measured from its text: modules, imports, functions, docstrings, names.

`python -m tests.benchmarks.structure` prints the table; `tests/test_words.py` holds the vocabulary.
"""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("articles", "newsletter", "magazine")
Function = ast.FunctionDef | ast.AsyncFunctionDef
# A docstring that opens so is a relative clause or a fragment, not a sentence about the function.
FRAGMENT = re.compile(
    r"(What|Who|Whoever|Whose|Whom|Where|Wherever|When|Whether|Which|Whatever|How|Why|That|Of|For|As|"
    r"To|With|Without|Not|So|But|And|Or|By|In|On|At|From|Else|Because|Until|Those|Longer)\b"
)


class Module:
    """A Python file of the checkout; `name` is its dotted name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        parts = path.relative_to(ROOT).with_suffix("").parts
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        self.app = parts[0]
        self.text = path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def is_demo(self) -> bool:
        return self.name.startswith("magazine.demo")

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def classes(self) -> list[str]:
        """Classes of the module itself: `Meta`, `Form` and other nested ones have their owner."""
        return [node.name for node in self.tree.body if isinstance(node, ast.ClassDef)]

    def imported(self) -> Iterator[str]:
        """Dotted names, wherever the import stands: in a function and for type checkers too."""
        package = self.name if self.is_package else self.name.rpartition(".")[0]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, node.module or ""]).strip(".") if node.level else ""
                base = base or node.module or ""
                for alias in node.names:
                    yield f"{base}.{alias.name}"


@cache
def modules() -> list[Module]:
    """Every module of the three apps, without their migrations."""
    return [
        Module(path)
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def files_side_by_side() -> Counter[str]:
    return Counter(str(one.path.parent.relative_to(ROOT)) for one in modules())


def import_graph() -> dict[str, set[str]]:
    """For each module, those that it imports. `from package import name` means the module of that
    name where there is one, and the package itself otherwise."""
    names = {one.name for one in modules()}
    graph: dict[str, set[str]] = {}
    for one in modules():
        found = {
            target if target in names else target.rpartition(".")[0] for target in one.imported()
        }
        graph[one.name] = (found & names) - {one.name}
    return graph


def import_cycles() -> list[list[str]]:
    """Groups of modules each of which reaches all others of its group by imports."""
    graph = import_graph()

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for name in graph[waiting.pop()] - seen:
                seen.add(name)
                waiting.append(name)
        return seen

    reach = {name: reached(name) for name in graph}
    groups = {
        tuple(sorted(other for other in reach[name] if name in reach[other]))
        for name in graph
        if name in reach[name]
    }
    return [list(group) for group in sorted(groups)]


def long_functions(limit: int = 40) -> list[str]:
    """Functions of more lines than `limit`, drawings of the demo apart."""
    return [
        f"{one.name}.{function.name} ({length})"
        for one in modules()
        if not one.is_demo
        for function in one.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > limit
    ]


def docstrings() -> tuple[int, list[tuple[str, str]]]:
    """The number of functions, and name and docstring of those that have one."""
    functions = [
        (f"{one.name}.{function.name}", ast.get_docstring(function))
        for one in modules()
        for function in one.functions()
    ]
    return len(functions), [(name, text) for name, text in functions if text]


def opening_in_fragments() -> list[str]:
    return [name for name, text in docstrings()[1] if FRAGMENT.match(text)]


def repeated_class_names() -> list[str]:
    """Class names that stand in two modules of one app; commands must all be called Command."""
    owners = defaultdict(list)
    for one in modules():
        for name in one.classes():
            if name != "Command":
                owners[one.app, name].append(one.name)
    return [f"{name} ({', '.join(at)})" for (_, name), at in owners.items() if len(at) > 1]


def occurrences(pattern: str) -> int:
    return sum(len(re.findall(pattern, one.text)) for one in modules())


def breadcrumbs_by_hand() -> list[str]:
    pages = sorted((ROOT / "templates").rglob("*.html"))
    return [
        str(page.relative_to(ROOT))
        for page in pages
        if re.search(r'class="breadcrumbs"|block breadcrumbs %}\s*<', page.read_text())
    ]


def longest(folder: str, suffix: str) -> tuple[int, str]:
    """The most lines of any file of that kind below `folder`, and that file."""
    return max(
        (path.read_text(encoding="utf-8").count("\n"), str(path.relative_to(ROOT)))
        for path in (ROOT / folder).rglob(f"*{suffix}")
    )


def defined_names() -> Iterator[tuple[str, str]]:
    """Every name that the code gives to a module, class, function, constant or field, and where."""
    for one in modules():
        yield one.name.rpartition(".")[2], one.name
        for node in ast.walk(one.tree):
            if isinstance(node, Function | ast.ClassDef):
                yield node.name, one.name
            if isinstance(node, ast.ClassDef | ast.Module):
                for statement in node.body:
                    if isinstance(statement, ast.AnnAssign):
                        targets = [statement.target]
                    else:
                        targets = statement.targets if isinstance(statement, ast.Assign) else []
                    for target in targets:
                        yield from (
                            (part.id, one.name)
                            for part in ast.walk(target)
                            if isinstance(part, ast.Name)
                        )
