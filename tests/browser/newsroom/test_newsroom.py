"""The newsroom in a browser: writing, pictures, both themes, and the strict policy everywhere."""

import re
from pathlib import Path

import PIL.Image
import pytest
from playwright.sync_api import expect

from tests.browser.accessible import axe
from tests.browser.logged_in import EVERY_NODE, sit_down
from tests.conftest import Site


def addresses(newsroom: Site) -> list[str]:
    """Every list, form, history and question of every model that a chief sees."""
    found = newsroom.run(
        "from django.contrib import admin\n"
        "for model in admin.site._registry:\n"
        "    row = model._default_manager.first()\n"
        "    print(model._meta.app_label, model._meta.model_name, row.pk if row else '-')",
    )
    pages = ["/admin/", "/admin/password_change/", "/admin/articles/", "/admin/newsletter/"]
    pages += ["/admin/log/", "/admin/articles/article/calendar/"]
    pages += ["/admin/articles/article/1/notes/"]
    for app, model, key in (line.split() for line in found.splitlines()):
        start = f"/admin/{app}/{model}/"
        pages += [start, f"{start}add/"]
        assert key != "-", model
        pages += [f"{start}{key}/{page}/" for page in ("change", "history", "delete")]
    return pages


def test_no_admin_page_violates_the_policy(desk, newsroom):
    """Every page of the newsroom is opened; the browser has nothing to say against any."""
    pages = addresses(newsroom)
    opened = 0
    for address in pages:
        answer = desk.page.goto(address)
        desk.settle()
        if answer.status == 403:
            continue  # what even a chief may not do
        assert answer.ok, address
        opened += 1
    assert opened >= 45
    # The one field with Django's own list of suggestions.
    desk.open("/admin/articles/redirect/add/")
    desk.page.locator(".field-article .select2-selection").click()
    desk.type("Every")
    expect(desk.page.locator(".select2-results")).to_contain_text("Every node")


def test_what_the_editor_writes_is_what_was_stored(desk):
    """Every node survives typing, saving and opening again, to the letter."""
    desk.open("/admin/articles/article/1/change/")
    assert desk.stored == EVERY_NODE
    desk.page.get_by_text("End", exact=True).click()
    desk.type("End", "x")
    assert desk.stored == EVERY_NODE.replace("End</p>", "Endx</p>")
    desk.save()
    assert desk.stored == EVERY_NODE.replace("End</p>", "Endx</p>")
    desk.page.get_by_text("Endx", exact=True).click()
    desk.type("End", "Control+z")
    desk.page.keyboard.press("Backspace")
    desk.save()
    assert desk.stored == EVERY_NODE


def test_an_article_is_written_with_the_keyboard_alone(desk):
    """Marks, link, footnote, lists and the tools: each is reached without a mouse."""
    desk.write("By keyboard")
    desk.type("Plain ", "Control+b", "bold", "Control+b", " then", "Enter", "Second linked")
    desk.type(*["Shift+ArrowLeft"] * 6, "Control+k")
    desk.page.wait_for_selector("dialog[open]")
    desk.type("not an address", "Enter")
    expect(desk.page.locator("dialog[open] .dialog__error").first).to_contain_text("https://")
    desk.page.get_by_label("Address").fill("example.org/page")
    desk.type("Enter", "End")
    # Alt+F10 leads to the tools, the arrow keys from one to the next.
    desk.page.keyboard.press("Alt+F10")
    expect(desk.page.get_by_role("button", name="Paragraph")).to_be_focused()
    desk.type(*["ArrowRight"] * 6)
    expect(desk.page.get_by_role("button", name="Footnote")).to_be_focused()
    desk.type("Enter")
    expect(desk.page.get_by_role("textbox", name="Text of the note")).to_be_focused()
    desk.type("A ", "Control+i", "note", "Enter")
    expect(desk.page.locator("dialog[open]")).to_have_count(0)
    desk.type("End", "Enter", "Third")
    assert desk.stored == (
        "<p>Plain <strong>bold</strong> then</p>"
        '<p>Second <a href="https://example.org/page">linked</a>'
        '<small class="footnote">A <em>note</em></small></p><p>Third</p>'
    )
    desk.page.keyboard.press("Control+s")
    expect(desk.page.locator(".messagelist")).to_contain_text("By keyboard")


def test_blocks_are_placed_where_the_cursor_is_and_one_writes_on_below(desk):
    """Two teaser breaks are one, at the later place; an embed asks for its title."""
    desk.write("Blocks")
    desk.type("First", "Enter")
    desk.tool("Teaser break: “keep reading” starts here")
    desk.type("Second", "Enter")
    desk.tool("Teaser break: “keep reading” starts here")
    desk.type("Third", "Enter")
    desk.tool("Embed a video, post or document")
    desk.type("https://vimeo.com/76979871", "Tab")
    expect(desk.page.locator("dialog[open] [role=status]")).to_contain_text("Vimeo video")
    desk.type("Enter")
    expect(desk.page.locator("dialog[open]")).to_contain_text("Give it a title.")
    desk.page.get_by_label("Title").fill("A film")
    desk.type("Enter")
    expect(desk.page.locator("dialog[open]")).to_have_count(0)
    desk.type("Fourth", "Enter")
    desk.tool("Pull quote")
    desk.type("Pulled")
    assert desk.stored == (
        '<p>First</p><p>Second</p><hr class="teaser-break"><p>Third</p>'
        '<figure data-embed="vimeo" data-id="76979871"><figcaption>A film</figcaption></figure>'
        '<p>Fourth</p><aside class="pullquote"><p>Pulled</p></aside>'
    )


def test_text_from_word_and_google_docs_comes_in_clean(desk):
    """Bold that is only style stays bold, an all-bold wrapper is none, Word's lists are lists."""
    desk.write("Pasted")
    docs = (
        '<b style="font-weight:normal;"><p style="line-height:1.38">'
        '<span style="font-weight:700">Bold</span><span style="font-style:italic"> slanted</span>'
        "<span> plain</span></p></b>"
    )
    mark = '<span style="mso-list:Ignore">·<span> </span></span>'
    word = "".join(
        f'<p class="MsoListParagraphCxSp{place}" style="mso-list:l0 level1 lfo1">{mark}{text}</p>'
        for place, text in (("First", "One"), ("Last", "Two"))
    )
    for html in (docs, word):
        desk.page.evaluate(
            """(html) => {
              const data = new DataTransfer()
              data.setData("text/html", html)
              const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
              document.activeElement.dispatchEvent(paste)
            }""",
            html,
        )
        desk.type("Enter")
    assert desk.stored.startswith(
        "<p><strong>Bold</strong><em> slanted</em> plain</p><ul><li>One</li><li>Two</li>"
    )


def test_a_picture_is_uploaded_while_writing(desk, tmp_path: Path):
    """The dialog says what is missing, shows the upload in the text, and finds it for the lead."""
    PIL.Image.radial_gradient("L").resize((1200, 800)).save(tmp_path / "sun.png")
    desk.write("With pictures")
    desk.type("Before", "Enter")
    desk.tool("Picture")
    upload = desk.page.get_by_role("button", name="Upload and use")
    upload.click()
    expect(desk.page.locator("dialog[open]")).to_contain_text("Choose a file.")
    desk.page.locator("dialog[open] input[type=file]").set_input_files(tmp_path / "sun.png")
    upload.click()
    expect(desk.page.locator("dialog[open]")).to_contain_text("This field is required.")
    desk.page.get_by_label("Alternative text", exact=True).fill("A pale sun in black smoke")
    upload.click()
    expect(desk.page.locator("dialog[open]")).to_have_count(0, timeout=60_000)
    expect(desk.page.locator(".prose figure img")).to_have_attribute(
        "alt", "A pale sun in black smoke"
    )
    desk.page.get_by_role("button", name="Choose a picture").click()
    desk.page.get_by_label("Search alternative text, caption and credit").fill("smoke pale")
    expect(desk.page.locator(".picture-tile")).to_have_count(1)
    desk.type("Tab", "Enter")
    expect(desk.page.locator(".picture-input__shown img")).to_be_visible()
    desk.save()
    assert re.fullmatch(r'<p>Before</p><figure data-image="\d+"></figure>', desk.stored)
    expect(desk.page.locator(".picture-input__shown img")).to_be_visible()


def test_the_byline_is_found_ordered_and_kept_by_keyboard(desk):
    """The order that was made with the arrows is the order after saving; tags may be new."""
    desk.write("Signed")
    byline = desk.page.get_by_role("combobox", name="Byline")
    for name in ("Ada", "Bo"):
        byline.fill(name)
        expect(desk.page.locator(".combobox__list [role=option]")).to_have_count(1)
        desk.type("ArrowDown", "Enter")
    desk.page.get_by_role("button", name="Move Bo Quill up").press("Enter")
    expect(desk.page.get_by_role("button", name="Move Bo Quill down")).to_be_focused()
    desk.page.get_by_role("combobox", name="Tags").fill("straits")
    desk.type("Enter")
    desk.save()
    items = desk.page.get_by_role("list", name="Byline: chosen").get_by_role("listitem")
    assert [item.split("\n")[0] for item in items.all_inner_texts()] == ["Bo Quill", "Ada Quill"]
    tags = desk.page.get_by_role("list", name="Tags: chosen").get_by_role("listitem")
    assert [item.split("\n")[0] for item in tags.all_inner_texts()] == ["straits"]


def test_enter_waits_for_the_suggestions_to_what_is_typed(desk):
    """Fast typing takes no name that was found for the words before."""
    desk.write("Signed")
    byline = desk.page.get_by_role("combobox", name="Byline")
    asked = []
    desk.page.route("**/autocomplete/**", lambda route: asked.append(route))
    for name in ("Ada", "Bo"):
        with desk.page.expect_request("**/autocomplete/**"):
            byline.fill(name)
            desk.type("Enter")
        expect(byline).to_have_value(name)
        asked.pop().continue_()
        expect(byline).to_have_value("")
    items = desk.page.get_by_role("list", name="Byline: chosen").get_by_role("listitem")
    assert [item.split("\n")[0] for item in items.all_inner_texts()] == ["Ada Quill", "Bo Quill"]


def test_counts_follow_the_headline(desk):
    """Long is said, too long is said louder."""
    desk.open("/admin/articles/article/add/")
    headline = desk.page.get_by_label("Headline")
    headline.fill("x" * 81)
    count = desk.page.locator(".field-headline .count")
    expect(count).to_have_text("81 of 80 characters: longer than reads well")
    headline.fill("x" * 241)
    expect(count).to_have_text("241 characters, 1 too many")
    expect(desk.page.locator(".field-headline [aria-live]")).to_have_text(
        "241 characters, 1 too many"
    )


def test_an_error_leaves_the_text_in_the_editor(desk):
    """Body and byline stand as they were typed, and can be saved after the remedy."""
    desk.write("Ports")
    desk.type("Words that must not be lost")
    desk.page.get_by_label("Slug").fill("about")
    desk.page.get_by_role("button", name="Save", exact=True).click()
    expect(desk.page.locator(".field-slug .errorlist")).to_contain_text("Another page")
    expect(desk.page.get_by_role("textbox", name="Body")).to_contain_text("must not be lost")
    desk.page.get_by_label("Slug").fill("about-something")
    desk.save()
    assert desk.stored == "<p>Words that must not be lost</p>"


def test_publishing_and_withdrawing_are_two_buttons_each(desk, newsroom):
    """The box says what the public sees, and it is so."""
    desk.write("Out now")
    desk.type("Text")
    desk.save()
    expect(desk.page.locator(".desk__state")).to_have_text("Draft — not public")
    assert desk.page.request.get("/out-now/").status == 404
    desk.page.get_by_role("button", name="Publish…").click()
    desk.page.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.page.locator(".desk__state")).to_contain_text("Public since")
    desk.page.get_by_role("link", name="View on site").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Out now")
    desk.page.go_back()
    desk.page.get_by_role("button", name="Publish…").click()
    desk.page.get_by_role("link", name="Take off the site").click()
    desk.page.get_by_role("button", name="Take it off the site").click()
    expect(desk.page.locator(".desk__state")).to_have_text("Ready — not public")
    assert desk.page.request.get("/out-now/").status == 410


def test_the_focal_point_is_set_by_click_and_by_arrow(desk):
    """Both write the numbers of the form."""
    desk.open("/admin/articles/image/1/change/")
    picture = desk.page.locator(".preview img")
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    expect(desk.page.get_by_label("Focal x")).to_have_value("0.25")
    desk.page.get_by_role("button", name="Focal point").press("ArrowRight")
    expect(desk.page.get_by_label("Focal x")).to_have_value("0.26")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_forms_and_lists(browser, newsroom, scheme):
    """WCAG 2.2 AA and good practice, in both themes, the picture dialog included."""
    context = browser.new_context(
        base_url=newsroom.url, color_scheme=scheme, viewport={"width": 1280, "height": 900}
    )
    desk = sit_down(context, newsroom, "chief")
    looked_at = 0
    for address in (
        "/admin/",
        "/admin/articles/article/",
        "/admin/articles/article/add/",
        "/admin/articles/article/1/change/",
        "/admin/articles/image/",
        "/admin/articles/image/1/change/",
        "/admin/articles/author/1/change/",
        "/admin/articles/page/1/change/",
        "dialog",
    ):
        if address == "dialog":
            desk.open("/admin/articles/article/add/")
            desk.page.get_by_role("button", name="Choose a picture").click()
            expect(desk.page.locator(".picture-tile").first).to_be_visible()
        else:
            desk.open(address)
        found = axe(desk.page)
        assert found.violations_count == 0, f"{address}\n{found.generate_report()}"
        looked_at += 1
    assert looked_at == 9
    context.close()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_of_the_newsroom_is_wider_than_the_window(browser, newsroom, width):
    """From a phone to a desk, the form and the list fit."""
    context = browser.new_context(base_url=newsroom.url, viewport={"width": width, "height": 800})
    desk = sit_down(context, newsroom, "editor")
    for address in ("/admin/", "/admin/articles/article/", "/admin/articles/article/1/change/"):
        desk.open(address)
        wide = desk.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, address
    context.close()
