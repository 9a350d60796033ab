"""A desk in the newsroom: somebody's window on a site whose rows are known."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from tests.conftest import Site

REFUSED = re.compile(r"Failed to load resource: .* status of (403|422)")
EVERY_NODE = (
    '<p>A <strong>bold</strong>, <em>italic</em>, <a href="https://example.org/">linked</a>, '
    "x<sub>1</sub> y<sup>2</sup> <code>code</code> <s>gone</s><br>line.</p>"
    '<p>Said.<small class="footnote">With <em>two</em> <a href="/about/" data-page="1">words</a>.'
    "</small></p>"
    '<hr class="teaser-break"><h2>Heading</h2><h3>Subheading</h3>'
    '<ul><li>One</li><li>Two<ul><li>Inner</li></ul></li></ul><ol start="3"><li>Three</li></ol>'
    '<blockquote><p>Quoted</p></blockquote><aside class="pullquote"><p>Pulled</p></aside>'
    '<figure data-image="1"><figcaption>For this use</figcaption></figure>'
    '<figure data-image="1"></figure>'
    '<figure data-embed="youtube" data-id="dQw4w9WgXcQ"><figcaption>A film</figcaption></figure>'
    '<table><caption>Costs</caption><thead><tr><th scope="col">Year</th><th scope="col">Cost</th>'
    '</tr></thead><tbody><tr><th scope="row">One</th><td>12</td></tr><tr><td colspan="2">none</td>'
    "</tr></tbody></table><hr><p>End</p>"
)
ROWS = """
from PIL import Image as Drawing
from django.core.files.base import ContentFile
from io import BytesIO
from taggit.models import Tag
from articles.models import Article, Author, FrontPage, Image, Invitation, Redirect, Series
from django.utils import timezone
from newsletter.models import Issue, Letterhead, MailingList, MailEvent, Subscriber
file = BytesIO()
Drawing.new("RGB", (900, 600), "teal").save(file, "JPEG")
image, _ = Image.objects.ingest(ContentFile(file.getvalue(), "a.jpg"), alt="A teal surface")
author = Author.objects.create(name="Ada Quill", slug="ada-quill")
Author.objects.create(name="Bo Quill", slug="bo-quill")
article = Article.objects.create(headline="Every node", slug="every-node", body={body!r})
article.publish()
article.set_byline([author])
article.tags.set(["ports"])
Series.objects.create(name="Long reads", slug="long-reads")
FrontPage.objects.create()
Redirect.objects.set_target("/old/", article)
Subscriber.objects.create(email="reader@example.org")
Letterhead.objects.current()
Issue.objects.create(list=MailingList.objects.get())
MailEvent.objects.create(source="test", event="1", happened_at=timezone.now())
Invitation.objects.create(email="ada@example.org")
"""


@dataclass
class Desk:
    """Somebody's window on the newsroom, and what the browser complained of in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: set[Request] = field(default_factory=set)  # that have no answer yet

    def __post_init__(self) -> None:
        self.page.on("request", self.send)
        self.page.on("requestfinished", self.receive)
        self.page.on("requestfailed", self.receive)

    def send(self, request: Request) -> None:
        self.requests.add(request)

    def receive(self, request: Request) -> None:
        self.requests.discard(request)

    def hear(self, message: ConsoleMessage) -> None:
        # The console names every answer that is a refusal; those of the tests are meant.
        if message.type in ("error", "warning") and not REFUSED.search(message.text):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing has been asked of the server for a moment. Playwright's own
        "networkidle" is a moment of half a second, which is long if it follows every page."""
        quiet = 0
        for _ in range(200):
            self.page.wait_for_timeout(50)
            quiet = 0 if self.requests else quiet + 1
            if quiet == 3:
                return
        raise AssertionError(f"{self.page.url} still asks for {self.requests}")

    def write(self, headline: str) -> None:
        """A new article with the cursor in its body."""
        self.open("/admin/articles/article/add/")
        self.page.get_by_label("Headline").fill(headline)
        self.page.get_by_role("textbox", name="Body").click()

    def type(self, *keys: str) -> None:
        for key in keys:
            if re.fullmatch(r"(\w+\+)*(Enter|Tab|Escape|End|Home|Arrow\w+|Control\+\w)", key):
                self.page.keyboard.press(key)
                self.page.wait_for_timeout(60)  # the editor learns of a new selection by event
            else:
                self.page.keyboard.type(key)

    def retype(self, old: str, new: str) -> None:
        """Replace a paragraph of the body, on however many lines the font of the moment sets it."""
        body = self.page.get_by_role("textbox", name="Body")
        body.get_by_text(old, exact=True).click(click_count=3)
        self.page.wait_for_timeout(60)  # the editor learns of a new selection by event
        self.type(new)

    def tool(self, name: str) -> None:
        self.page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()

    @property
    def stored(self) -> str:
        """What the form would send as the body."""
        return self.page.locator("textarea.prose-input").input_value()

    def save(self) -> None:
        self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.page.locator(".messagelist")).to_be_visible()
        self.page.wait_for_load_state()
        self.settle()


def sit_down(context: BrowserContext, site: Site, account: str) -> Desk:
    desk = Desk(context.new_page())
    desk.page.add_init_script(
        "addEventListener('securitypolicyviolation', (event) =>"
        " console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"
    )
    desk.page.on("console", desk.hear)
    desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    log_in(desk.page, site, account)
    return desk


def log_in(page: Page, site: Site, account: str) -> None:
    """Open the newsroom, in the session of an earlier login where there was one."""
    page.context.add_cookies(site.sessions.get(account, []))
    page.goto("/admin/")
    if page.get_by_role("button", name="Log in", exact=True).is_visible():
        page.get_by_label("Username").fill(account)
        page.get_by_label("Password").fill(site.passwords[account])
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url("**/admin/")
        cookies = page.context.cookies()
        site.sessions[account] = [one for one in cookies if one["name"] == "sessionid"]
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
