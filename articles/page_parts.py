"""Parts that many pages have in common: masthead, rails, teasers, footer.

Each process makes them once for a version of the public content, and they are gone with it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)
Part = TypeVar("Part")

# More teasers than that, as a crawler of the whole archive has made, are not worth their memory.
MOST = 2_000


class PageParts:
    """Parts made of one version of the content. Pages that are rendered side by side share them,
    so nobody changes a part."""

    def __init__(self, version: Hashable = None) -> None:
        self.version = version
        self.made: dict[Hashable, Any] = {}

    def get(self, name: Hashable, make: Callable[[], Part]) -> Part:
        found = self.made.get(name)
        if found is None:
            found = make()
            self.keep(name, found)
        part: Part = found
        return part

    def get_many(
        self, kind: str, keys: Iterable[Key], make: Callable[[list[Key]], Mapping[Key, Part]]
    ) -> list[Any]:
        """Return the parts of these keys, in their order; `make` makes all that are missing."""
        parts = {key: self.made.get((kind, key)) for key in keys}
        if missing := [key for key, part in parts.items() if part is None]:
            for key, part in make(missing).items():
                parts[key] = part
                self.keep((kind, key), part)
        return list(parts.values())

    def keep(self, name: Hashable, part: object) -> None:
        if len(self.made) >= MOST:
            self.made.clear()
        self.made[name] = part


newest = PageParts()


def of(version: Hashable) -> PageParts:
    """Return the parts made of this version so far. None is an unknown version: then nothing is
    kept beyond one page."""
    global newest
    if version is None:
        return PageParts()
    parts = newest
    if parts.version != version:
        parts = newest = PageParts(version)
    return parts
