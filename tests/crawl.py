"""Every page that links of a running site lead to, and what is wrong with each."""

import http.client
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
from lxml import etree


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes


class Client:
    """One kept connection to a site, closed at the end of the block; follows nothing."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *failure: object) -> None:
        self.connection.close()

    def get(self, path: str) -> Answer:
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        return Answer(response.status, response.headers.get_content_type(), response.read())


class Document:
    """A page as an HTML parser by the standard's rules reads it."""

    def __init__(self, body: bytes) -> None:
        parser = html5lib.HTMLParser(
            tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False
        )
        self.tree: etree._ElementTree = parser.parse(body, transport_encoding="utf-8")
        self.parse_errors = [
            f"line {line}: {html5lib.constants.E[code] % data}"
            for (line, _), code, data in parser.errors
        ]

    def values(self, path: str) -> list[str]:
        return [str(value) for value in self.tree.xpath(path)]

    @cached_property
    def ids(self) -> Counter[str]:
        return Counter(self.values("//@id"))

    @property
    def problems(self) -> list[str]:
        """What the standard forbids, by what a parser sees and by what it cannot see."""
        tree = self.tree
        found = list(self.parse_errors)
        if (headings := len(tree.xpath("//h1"))) != 1:
            found.append(f"{headings} h1")
        found += [
            f"id {name} stands {count} times" for name, count in self.ids.items() if count > 1
        ]
        found += [f"no alt: {source}" for source in self.values("//img[not(@alt)]/@src")]
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for value in self.values(f"//@{attribute}"):
                found += [
                    f"{attribute} names no id: {name}"
                    for name in value.split()
                    if name not in self.ids
                ]
        for text in self.values('//script[@type="application/ld+json"]/text()'):
            try:
                json.loads(text)
            except ValueError as error:
                found.append(f"JSON-LD: {error}")
        return found

    @property
    def pictures(self) -> set[str]:
        """Every address from which a browser may take a picture."""
        chosen = [
            candidate.split()[0]
            for srcset in self.values("//@srcset")
            for candidate in srcset.split(",")
        ]
        return {*chosen, *self.values("//img/@src")}


class Crawl:
    def __init__(self, url: str) -> None:
        """Read `url` and whatever its pages link to on the same host."""
        self.url = url
        self.answers: dict[str, Answer] = {}
        self.pages: dict[str, Document] = {}
        # Links as (from which page, to which path, to which id there).
        self.links: set[tuple[str, str, str]] = set()
        waiting = ["/"]
        with Client(url) as client:
            while waiting:
                path = waiting.pop()
                if path in self.answers:
                    continue
                answer = self.answers[path] = client.get(path)
                if answer.kind == "text/html":
                    self.pages[path] = Document(answer.body)
                    waiting += self.follow(path)

    def follow(self, path: str) -> list[str]:
        found = []
        for link in self.pages[path].values("//a/@href"):
            address, fragment = urldefrag(urljoin(self.url + path, link))
            if address.startswith(f"{self.url}/"):
                target = address.removeprefix(self.url)
                self.links.add((path, target, fragment))
                found.append(target)
        return found

    @property
    def dead_links(self) -> list[str]:
        """Links to what is no page, and to an id that its page does not have."""
        return [
            f"{source} → {target}#{fragment} ({self.answers[target].status})"
            for source, target, fragment in sorted(self.links)
            if self.answers[target].status != 200
            or (fragment and fragment not in self.pages[target].ids)
        ]

    @property
    def problems(self) -> list[str]:
        """All errors of all pages, each beginning with the page's path."""
        return [
            f"{path}: {problem}" for path, page in self.pages.items() for problem in page.problems
        ]

    @property
    def articles(self) -> list[str]:
        """The paths of the pages that are articles."""
        return sorted(
            path
            for path, page in self.pages.items()
            if page.values('//meta[@property="og:type"]/@content') == ["article"]
        )
