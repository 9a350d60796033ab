"""Text that comes into the editor: pasted as other programs hold it, or uploaded as a .docx."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.articles.docx_files import docx, image, inserted, p, reference
from tests.browser.accessible import axe
from tests.browser.logged_in import Desk, sit_down
from tests.conftest import Site, quickstarted

CLIPBOARD = Path(__file__).parent / "clipboard"
SOURCES = sorted(path.name.split(".")[0] for path in CLIPBOARD.glob("*.stored.html"))
PASTE = """(html) => {
  const data = new DataTransfer()
  data.setData("text/html", html)
  data.setData("text/plain", "plain")
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
  document.activeElement.dispatchEvent(paste)
}"""
# A few lines as Word puts it on the clipboard.
WORD_LINES = (
    "<p class=MsoNormal style='margin:0cm'><span lang=EN-US style='font-size:11.0pt'>"
    + "word <b style='mso-bidi-font-weight:normal'>bold</b>&nbsp; " * 20
    + "</span><o:p></o:p></p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>"
    + "<span style='mso-list:Ignore'>·</span>Item</p>"
)


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var = tmp_path_factory.mktemp("paste")
    with quickstarted(var, "magazine_paste_of_tests", "--no-demo") as site:
        yield site


@pytest.fixture
def desk(browser: Browser, newsroom: Site) -> Iterator[Desk]:
    """A writer's desk; a test that uses it fails if the browser complained of anything."""
    context = browser.new_context(base_url=newsroom.url, reduced_motion="reduce")
    desk = sit_down(context, newsroom, "writer")
    yield desk
    context.close()
    assert desk.complaints == []


def pasted(desk: Desk, html: str) -> str:
    desk.write("Pasted")
    desk.page.evaluate(PASTE, html)
    return desk.stored


def test_there_is_a_clipboard_of_every_program():
    assert SOURCES == ["google-docs", "libreoffice", "notes", "pages", "word", "word-online"]


@pytest.mark.parametrize("source", SOURCES)
def test_a_paste_arrives_clean(desk, source):
    """Headings, nested lists, links, emphasis and tables; notes at their marks; no styles."""
    stored = (CLIPBOARD / f"{source}.stored.html").read_text()
    assert pasted(desk, (CLIPBOARD / f"{source}.html").read_text()) == stored.replace("\n", "")


def test_what_did_not_come_along_is_said(desk):
    """Pictures and comments, by their number; the next paste says its own."""
    pasted(desk, (CLIPBOARD / "word.html").read_text())
    said = desk.page.locator(".prose__said[role=status]")
    expect(said).to_have_text(
        "2 pictures were not taken over: upload them. 1 comment was left out. "
        "1 tracked deletion was left out."
    )
    desk.page.evaluate(PASTE, (CLIPBOARD / "google-docs.html").read_text())
    expect(said).to_have_text(
        "1 picture was not taken over: upload it. 1 comment was left out. "
        "1 link went by way of a gateway and now leads straight."
    )
    desk.page.evaluate(PASTE, "<p>Words</p>")
    expect(said).to_have_text("")


@pytest.mark.parametrize(
    ("html", "stored"),
    [
        ("<p>one<br>two</p>", "<p>one<br>two</p>"),
        ('<p>See <a href="#part">part</a> <a id="part" href="#other">x</a></p>', None),
        ("<del>struck</del> by hand", "<p><s>struck</s> by hand</p>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<b style='mso-bidi-font-weight:normal'>b</b>", "<p><strong>b</strong></p>"),
        ("<p style='mso-list:l0 level3 lfo1'>deep</p>", "<ul><li>deep</li></ul>"),
        ("<p>The end.In words</p>", "<p>The end.In words</p>"),
        ("<h1>a</h1><h4>b</h4>", "<h2>a</h2><h3>b</h3>"),
        ("<script>alert(1)</script><p onclick=alert(1)>x</p><iframe></iframe>", "<p>x</p>"),
    ],
)
def test_small_things_that_are_easily_broken(desk, html, stored):
    """Line breaks, links within the text, strikes of others, lists without a beginning."""
    found = pasted(desk, html)
    assert found == stored if stored else "part" in found


def test_two_hundred_pages_are_pasted_whole(desk):
    assert pasted(desk, WORD_LINES * 2_000).count("bold") == 40_000


DROP = """(names) => {
  const data = new DataTransfer()
  for (const name of names) data.items.add(new File(["%PDF-1.7"], name))
  document.querySelector(".docx__file").dispatchEvent(
    new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }),
  )
}"""


def test_a_docx_is_uploaded_and_its_draft_opened(desk, tmp_path):
    """From the list by its button; what is wrong is said beside the file, and nothing is lost."""
    desk.open("/admin/articles/article/")
    desk.page.get_by_role("link", name="New from a .docx").click()
    make = desk.page.get_by_role("button", name="Make a draft of it")
    error = desk.page.get_by_role("alert")
    make.click()
    expect(error).to_have_text("Choose a file.")
    desk.page.evaluate(DROP, ["a.docx", "b.docx"])
    expect(error).to_have_text("One file at a time.")
    desk.page.evaluate(DROP, ["a.docx"])
    expect(error).to_have_text("")
    desk.page.get_by_label("Leave them to me").check()
    make.click()
    expect(error).to_contain_text("This is a PDF.")
    expect(desk.page.get_by_label("Leave them to me")).to_be_checked()
    file = tmp_path / "cranes.docx"
    file.write_bytes(docx(p("Cranes", style="Titel"), p("Text of the story")))
    desk.page.get_by_label("Word document (.docx)").set_input_files(file)
    make.click()
    expect(desk.page.get_by_text("Nothing was left behind.")).to_be_visible()
    desk.page.get_by_role("link", name="Open the draft").click()
    expect(desk.page.get_by_label("Headline")).to_have_value("Cranes")
    assert desk.stored == "<p>Text of the story</p>"


def test_a_docx_is_uploaded_without_script(browser, newsroom, tmp_path):
    """The form is a form."""
    context = browser.new_context(base_url=newsroom.url, java_script_enabled=False)
    desk = sit_down(context, newsroom, "writer")
    file = tmp_path / "plain.docx"
    file.write_bytes(docx(p("Plain", style="Titel"), p("Text")))
    desk.open("/admin/articles/article/docx/")
    desk.page.get_by_label("Word document (.docx)").set_input_files(file)
    desk.page.get_by_role("button", name="Make a draft of it").click()
    expect(desk.page.get_by_text("is now the draft Plain")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_form_and_the_report(browser, newsroom, tmp_path, scheme):
    """WCAG 2.2 AA and good practice, with an error shown and with a report of every kind."""
    context = browser.new_context(base_url=newsroom.url, color_scheme=scheme)
    desk = sit_down(context, newsroom, "writer")
    file = tmp_path / "full.docx"
    comments = f'<w:comment w:id="0" w:author="Bo">{p("Sure?")}</w:comment>'
    content = p("A ", inserted("new"), reference("comment", 0), image("gone"))
    file.write_bytes(docx(content, parts={"comments": comments, "header": p("Draft")}))
    desk.open("/admin/articles/article/docx/")
    desk.page.get_by_role("button", name="Make a draft of it").click()
    expect(desk.page.get_by_role("alert")).to_have_text("Choose a file.")
    for step in ("form", "report"):
        found = axe(desk.page)
        assert found.violations_count == 0, f"{step}\n{found.generate_report()}"
        if step == "form":
            desk.page.get_by_label("Word document (.docx)").set_input_files(file)
            desk.page.get_by_role("button", name="Make a draft of it").click()
            expect(desk.page.get_by_role("heading", name="1 comment")).to_be_visible()
    assert desk.complaints == []
    context.close()


def test_words_and_the_time_to_read_them_are_counted_while_typing(desk):
    """As the server counts them: a dash is no word; 230 words are a minute."""
    desk.write("Counted")
    count = desk.page.locator(".field-body .count")
    expect(count).to_have_text("0 words")
    desk.type("A port — 12 cranes")
    expect(count).to_have_text("4 words, 1 min to read")
    desk.page.evaluate(
        PASTE, f"<p>Begin{' word' * 995}</p><p>end</p><aside class=pullquote><p>no</p></aside>"
    )
    expect(count).to_have_text("1,000 words, 4 min to read")


def test_the_key_of_a_link_stays_with_it_until_its_address_is_changed(desk):
    """What the server put beside an address is neither lost by typing nor kept by mistake."""
    html = '<p>See <a href="/about/" data-page="1">about</a> us</p>'
    assert pasted(desk, html) == html
    desk.page.get_by_text("about", exact=True).click()
    link = desk.page.get_by_role("toolbar").get_by_role("button", name="Link")
    expect(link).to_have_attribute("aria-pressed", "true")  # the editor knows of the cursor
    desk.type("Control+k")
    desk.page.get_by_label("Address").fill("/contact/")
    desk.type("Enter")
    expect(desk.page.locator("dialog[open]")).to_have_count(0)
    assert desk.stored == '<p>See <a href="/contact/">about</a> us</p>'
