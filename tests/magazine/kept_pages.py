"""Asking for pages that the gateway keeps."""

import http.client
from typing import NamedTuple

from tests.conftest import Site

ROWS = """
from django.utils import timezone
from articles.models import Author, Page, Publication, Section
from tests import make, newsroom
africa = Section.objects.get_or_create(slug="africa", defaults={"name": "Africa"})[0]
image = newsroom.picture(alt="A crane in the harbour")
one = make.article("Harbour", slug="harbour", authors=[make.author("Ines", slug="ines")],
    tags=["ports"], section=africa, lead_image=image)
for number in range(24):
    make.article(f"Number {number}", slug=f"number-{number}", section=africa, minutes_ago=90)
make.article("Long", slug="long", body=make.FIVE_PARAGRAPHS * 1_500)
gone = make.article("Gone", slug="gone")
gone.withdraw()
one.slug = "old-harbour"; one.save(); one.slug = "harbour"; one.save()
"""
BUMP = "from articles.models import Section; Section.objects.update(position=100)"
READ_ONLY = {"age", "server-timing", "date"}


class Response(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def found(self) -> str:
        """What became of it in the cache, "" where it went around."""
        return self.headers.get("server-timing", "").partition('"')[2].rstrip('"')

    @property
    def lasting(self) -> dict[str, str]:
        return {name: said for name, said in self.headers.items() if name not in READ_ONLY}


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Response:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={"accept-encoding": "identity"} | named)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return Response(answer.status, {k.lower(): v for k, v in answer.getheaders()}, body)


def kept(port: int, path: str, **headers: str) -> Response:
    """The answer from memory."""
    ask(port, path, **headers)
    answer = ask(port, path, **headers)
    assert answer.found == "hit"
    return answer


def everywhere(site: Site, path: str) -> list[Response]:
    """What both processes answer: which of them takes a connection is the kernel's choice."""
    return [ask(site.port, path) for _ in range(20)]
