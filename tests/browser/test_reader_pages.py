"""Every kind of page that readers meet, at three widths, in both themes."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.page_kinds import PAGE_KINDS, PATHS, visit
from tests.browser.progress import Watch
from tests.conftest import Site

WIDTHS = (360, 768, 1280)
THEMES = ("light", "dark")

# What stands beyond the window's edges, words as well as boxes. What scrolls or clips in a box of
# its own (a wide table, the menu) and what no eye is to see is left out.
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  const isContained = (box) => {
    for (; box && box !== document.body; box = box.parentElement) {
      const { overflowX, clipPath } = getComputedStyle(box);
      if (overflowX !== "visible" || clipPath !== "none") return true;
    }
    return false;
  };
  const isOut = ({ left, right, width: own }) => own > 0 && (left < -1 || right > width + 1);
  const range = document.createRange();
  const rects = (node) => {
    if (node.nodeType === Node.ELEMENT_NODE) return node.getClientRects();
    range.selectNode(node);
    return range.getClientRects();
  };
  const found = [];
  const nodes = document.createTreeWalker(document.body, 1 | 4); // elements and texts
  while (nodes.nextNode()) {
    const node = nodes.currentNode;
    const isBait = node.parentElement.closest("[aria-hidden]") || node.ariaHidden;
    if ([...rects(node)].some(isOut) && !isContained(node.parentElement) && !isBait)
      found.push((node.outerHTML ?? node.data).slice(0, 120));
  }
  return found;
}"""

# Target Size (Minimum), WCAG 2.2, 2.5.8: in a square of 24 px around its middle a press hits the
# control or nothing else that can be pressed. Links in lines of text are excepted there too; a
# label or byline that fits on one line is none.
HARD_TO_HIT = """() => {
  const controls = "a[href], button, input:not([tabindex='-1']), summary, [role=button]";
  const words = (element) => element.textContent.trim();
  const inText = (link) => {
    const around = link.parentElement.closest("p, li, figcaption");
    if (!around || words(around) === words(link)) return false;
    const isOneLine = around.clientHeight < 1.5 * parseFloat(getComputedStyle(around).lineHeight);
    return !(isOneLine && around.matches(".label, .byline"));
  };
  let count = 0;
  const found = [...document.querySelectorAll(controls)].filter((control) => {
    if (!control.checkVisibility() || inText(control) || control.matches(".skip")) return false;
    count += 1;
    control.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const { left, right, top, bottom } = control.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return [[-11, -11], [11, -11], [0, 0], [-11, 11], [11, 11]].some(([dx, dy]) => {
      const hit = document.elementFromPoint(x + dx, y + dy)?.closest(controls);
      return dx === 0 ? hit !== control : hit && hit !== control;
    });
  });
  return [count, found.map((control) => control.outerHTML.slice(0, 120))];
}"""


@pytest.mark.parametrize("kind", PAGE_KINDS)
def test_nothing_overflows_and_nobody_else_is_asked(page: Page, demo_site: Site, kind):
    """At every width and in both themes: nothing sticks out, no complaint of the browser (a
    refusal of the Content-Security-Policy is one), no other host, no cookie."""
    watch = Watch(page)
    visit(page, kind)
    papers = set()
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        papers.add(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(STICKING_OUT) == [], (theme, width)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert len(papers) == len(THEMES)
    # Down to the end, so that what loads late is asked for too.
    page.keyboard.press("End")
    page.wait_for_load_state("networkidle")
    assert watch.complaints == []
    assert len(watch.requests) >= 2
    assert watch.hosts_beside(demo_site.url) == set()
    assert page.context.cookies() == []
    assert page.evaluate("document.cookie") == ""


def test_the_policy_is_watched(page: Page):
    """The test above sees a violation of the Content-Security-Policy where there is one."""
    watch = Watch(page)
    page.goto("/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("document.body.append(Object.assign(new Image(), { src: 'https://a.example/' }))")
    page.wait_for_timeout(100)
    assert len(watch.complaints) == 2


@pytest.mark.parametrize("kind", PAGE_KINDS)
def test_every_control_can_be_hit_with_a_thumb(page: Page, kind):
    visit(page, kind)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        count, hard = page.evaluate(HARD_TO_HIT)
        assert count >= 1
        assert hard == [], width
        for control in page.locator(".teaser__more, button").all():
            box = control.bounding_box()
            assert min(box["height"], box["width"]) >= 44, control.text_content()


@pytest.mark.parametrize("kind", [kind for kind in PAGE_KINDS if kind not in ("500", "503")])
def test_the_footer_can_be_reached(page: Page, kind):
    """No page grows while one scrolls to its end."""
    visit(page, kind)
    page.keyboard.press("End")
    footer = page.get_by_role("contentinfo")
    expect(footer.get_by_role("link").last).to_be_in_viewport()


@pytest.mark.parametrize("kind", ["front", "section", "author", "article", "static page"])
def test_a_page_is_complete_without_script(browser: Browser, demo_site: Site, kind):
    """The same words, with script and without."""
    words = []
    for script in (True, False):
        context = browser.new_context(base_url=demo_site.url, java_script_enabled=script)
        page = context.new_page()
        page.goto(PATHS[kind], wait_until="networkidle")
        words.append(page.locator("body").inner_text())
        context.close()
    assert len(words[0]) > 500
    assert words[0] == words[1]


def test_the_browser_stops_what_is_no_address_at_all(page: Page):
    page.goto("/about/")
    page.get_by_label("E-mail address").fill("no address")
    page.get_by_role("button", name="Subscribe").click()
    assert page.url.endswith("/about/")
    assert page.get_by_label("E-mail address").evaluate("field => !field.checkValidity()")


def test_the_lead_picture_is_fetched_first_and_the_others_late(demo_crawl):
    """On every page at most one picture is fetched first, on an article its lead; every picture
    has the size that keeps its place."""
    counted = 0
    for path, page in demo_crawl.pages.items():
        pictures = page.tree.xpath("//img")
        counted += len(pictures)
        first = [one for one in pictures if one.get("fetchpriority") == "high"]
        assert len(first) <= 1, path
        for picture in pictures:
            assert int(picture.get("width")) > 0, path
            assert int(picture.get("height")) > 0, path
            assert (picture.get("loading") == "lazy") == (picture not in first), path
        if leads := page.tree.xpath('//*[@class="article__lead"]//img'):
            assert leads == first, path
    assert counted > 300


@pytest.mark.parametrize("kind", ["front", "section", "article", "static page", "404"])
def test_the_skip_link_comes_first_and_leads_to_the_text(page: Page, kind):
    visit(page, kind)
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("Skip to the text")
    expect(focused).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)") or (
        page.locator("main a, main button").count() == 0
    )


@pytest.mark.parametrize("kind", ["front", "section", "article"])
def test_nothing_moves_for_those_who_asked_for_less_motion(page: Page, kind):
    page.emulate_media(reduced_motion="reduce")
    visit(page, kind)
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((element) => {
          const style = getComputedStyle(element);
          const seconds = (list) => list.split(",").some((value) => parseFloat(value) > 0);
          return seconds(style.transitionDuration) || seconds(style.animationDuration)
            || style.scrollBehavior === "smooth";
        }).map((element) => element.className)"""
    )
    assert moving == []
