"""What goes on behind a page in a window and no reader is to notice."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

# Adds up the score of the Layout Instability API (W3C); what follows a key or a click is expected.
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def shifted(page: Page) -> float:
    """The layout shift of this page since it began to load; SHIFTS must run in its window."""
    return float(page.evaluate("shifted"))


@dataclass
class Watch:
    """Everything that a window asks for and complains about from now on."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    # Exceptions, failed loads, and what the Content-Security-Policy refused.
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self.listen)

    def listen(self, message: ConsoleMessage) -> None:
        is_own_status = message.location["url"] == self.page.url and "status of" in message.text
        if message.type in ("error", "warning") and not is_own_status:
            self.complaints.append(message.text)

    def hosts_beside(self, url: str) -> set[str]:
        asked = {urlsplit(request.url) for request in self.requests}
        return {part.netloc for part in asked if part.scheme != "data"} - {urlsplit(url).netloc}
