"""Pictures in the newsroom's browser: the library, files in the text, and the focal point."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import PIL.Image
import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import axe
from tests.browser.logged_in import sit_down
from tests.conftest import Site, quickstarted

ROWS = """
from PIL import Image as Drawing
from django.core.files.base import ContentFile
from django.utils import timezone
from io import BytesIO
from articles.models import Article, Image
for number, alt in enumerate(["A quay", "A pier"]):
    file = BytesIO()
    Drawing.new("RGB", (900 + number, 600), "teal").save(file, "JPEG")
    Image.objects.ingest(ContentFile(file.getvalue(), "a.jpg"), alt=alt, credit="Ada Quill")
Image.objects.filter(alt="A quay").update(licence_expires=timezone.localdate())
body = '<p>One</p><figure data-image="1"></figure><p>Two</p>'
Article.objects.create(headline="Boats", slug="boats", body=body)
"""
# What a browser does when files are pasted or dropped; tests cannot reach the real clipboard.
TRANSFER = """
([kind, files, html]) => {
  const data = new DataTransfer()
  for (const [name, text] of files) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
    data.items.add(new File([bytes], name, { type: "image/jpeg" }))
  }
  if (html) data.setData("text/html", html)
  const box = document.querySelector(".ProseMirror") ?? document.body
  const { left, top } = (box.querySelector("p") ?? box).getBoundingClientRect()
  const options = { bubbles: true, cancelable: true, clientX: left + 5, clientY: top + 5 }
  box.dispatchEvent(
    kind === "paste"
      ? new ClipboardEvent("paste", { ...options, clipboardData: data })
      : new DragEvent("drop", { ...options, dataTransfer: data }),
  )
}
"""


COUNT_REQUESTS = """
window.atOnce = window.most = 0
const { send } = XMLHttpRequest.prototype
XMLHttpRequest.prototype.send = function (body) {
  atOnce += 1
  most = Math.max(most, atOnce)
  this.addEventListener("load", () => { atOnce -= 1 })
  send.call(this, body)
}
"""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A magazine of these tests' own, in which they may write."""
    var = tmp_path_factory.mktemp("pictures")
    with quickstarted(var, "magazine_pictures_of_tests", "--no-demo") as site:
        site.run(ROWS)
        yield site


def drawn(folder: Path, name: str, colour: str, size: tuple[int, int] = (700, 500)) -> Path:
    PIL.Image.new("RGB", size, colour).save(folder / name, "JPEG")
    return folder / name


def hand(page: Page, kind: str, *files: Path, html: str = "") -> None:
    """Paste or drop files, with what else is in the clipboard."""
    texts = [[file.name, base64.b64encode(file.read_bytes()).decode()] for file in files]
    page.evaluate(TRANSFER, [kind, texts, html])


def describe(page: Page, name: str, alt: str) -> None:
    """Answer the dialog that asks for a file's words."""
    dialog = page.get_by_role("dialog", name=f"Describe “{name}”")
    dialog.get_by_label("Alternative text").fill(alt)
    dialog.get_by_label("Credit").fill("Bo Quill")
    dialog.get_by_role("button", name="Save and use").click()
    expect(dialog).to_be_hidden()


def test_several_files_are_added_and_described_in_one_go(desk, tmp_path):
    """Two at a time; one is no picture and can be tried again; the words of all in one table."""
    page = desk.page
    page.add_init_script(COUNT_REQUESTS)
    desk.open("/admin/articles/image/")
    files = [drawn(tmp_path, f"added-{n}.jpg", f"#{n}0{n}0{n}0") for n in range(1, 6)]
    bad = tmp_path / "notes.jpg"
    bad.write_text("not a picture")
    page.get_by_label("Add pictures").set_input_files([*files, bad])
    expect(page.get_by_text("All done: 5 new in the library.")).to_be_visible(timeout=60_000)
    assert page.evaluate("most") == 2
    failed = page.get_by_role("listitem").filter(has_text="notes.jpg")
    expect(failed).to_contain_text("not a JPEG")
    failed.get_by_role("button", name="Try notes.jpg again").click()
    expect(page.get_by_text("All done: 5 new in the library.")).to_be_visible()
    expect(failed).to_contain_text("not a JPEG")
    page.get_by_label("Add pictures").set_input_files(files[:1])
    expect(page.get_by_text("Is in the library already")).to_be_visible()
    page.get_by_role("link", name="Describe the 5 new pictures").click()
    page.get_by_role("group", name="The same for all").get_by_label("Credit").fill("Cy Quill")
    rows = page.get_by_label("Alternative text")
    expect(rows).to_have_count(5)
    for number in range(5):
        rows.nth(number).fill(f"Added boats, {number}")
    page.get_by_role("button", name="Save the words").click()
    expect(page.locator(".messagelist")).to_contain_text("The words of 5 pictures are saved.")
    expect(page.locator("#result_list")).to_contain_text("Added boats, 4")
    assert page.locator("#result_list").inner_text().count("Cy Quill") == 5


def test_files_dropped_on_the_library_are_taken_in(desk, tmp_path):
    """Anywhere on the page."""
    desk.open("/admin/articles/image/")
    hand(desk.page, "drop", drawn(tmp_path, "dropped.jpg", "navy"))
    expect(desk.page.get_by_text("All done: 1 new in the library.")).to_be_visible(timeout=30_000)
    expect(desk.page.get_by_role("link", name="Describe the new picture")).to_be_visible()


def test_an_upload_can_be_cancelled_and_survives_a_lost_connection(desk, tmp_path):
    """Nothing of either is in the library; the second is sent again when the line is back."""
    page = desk.page
    desk.open("/admin/articles/image/")
    page.context.set_offline(True)
    page.get_by_label("Add pictures").set_input_files(drawn(tmp_path, "lost.jpg", "olive"))
    line = page.get_by_role("listitem").filter(has_text="lost.jpg")
    expect(line).to_contain_text("There is no connection")
    page.context.set_offline(False)
    assert len(desk.complaints) == 1  # the browser's own, of the lost connection
    assert "ERR_INTERNET_DISCONNECTED" in desk.complaints.pop()
    line.get_by_role("button", name="Try lost.jpg again").click()
    expect(line).to_contain_text("In the library", timeout=30_000)
    files = [drawn(tmp_path, f"many-{n}.jpg", f"#0{n}0{n}00") for n in range(3)]
    page.get_by_label("Add pictures").set_input_files(files)
    page.get_by_role("button", name="Cancel many-2.jpg").click()
    expect(page.get_by_text("All done: 3 new in the library.")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("listitem").filter(has_text="many-2.jpg")).to_contain_text("Cancelled")


def test_pasted_files_are_described_and_stand_at_the_cursor_in_their_order(desk, tmp_path):
    """The text before and after stays; the second waits until the first is described."""
    desk.write("With pictures")
    desk.type("First", "Enter", "Second", "ArrowUp")
    files = [drawn(tmp_path, f"pasted-{n}.jpg", f"#90{n}0a0") for n in range(2)]
    hand(desk.page, "paste", *files)
    expect(desk.page.locator(".node-upload")).to_have_count(2)
    describe(desk.page, "pasted-0.jpg", "The first boat")
    describe(desk.page, "pasted-1.jpg", "The second boat")
    expect(desk.page.locator(".node-upload")).to_have_count(0)
    labels = desk.page.locator(".ProseMirror .node__frame")
    expect(labels.nth(0)).to_contain_text("Described as: The first boat")
    expect(labels.nth(1)).to_contain_text("Described as: The second boat")
    first, last = desk.stored.split("<figure")[0], desk.stored.rpartition("</figure>")[2]
    assert (first, last) == ("<p>First</p>", "<p>Second</p>")


def test_a_dropped_file_goes_below_the_paragraph_it_was_dropped_on(desk, tmp_path):
    """And one that nobody describes is not put into the text, which is said."""
    desk.write("With a drop")
    desk.type("Here", "Enter", "There")
    hand(desk.page, "drop", drawn(tmp_path, "drop-1.jpg", "maroon"))
    describe(desk.page, "drop-1.jpg", "A dropped boat")
    expect(desk.page.locator(".ProseMirror figure")).to_have_count(1)
    assert desk.stored.startswith("<p>Here</p><figure data-image=")
    assert desk.stored.endswith("</figure><p>There</p>")
    hand(desk.page, "paste", drawn(tmp_path, "drop-2.jpg", "purple"))
    dialog = desk.page.get_by_role("dialog", name="Describe “drop-2.jpg”")
    dialog.get_by_role("button", name="Close").click()
    expect(desk.page.locator(".prose__said")).to_contain_text("“drop-2.jpg” is in the library")
    assert desk.stored.count("<figure") == 1


def test_a_refused_file_says_why_in_its_place_and_can_be_left_out(desk, tmp_path):
    """The text is as it was."""
    desk.write("With a bad file")
    desk.type("Text")
    bad = tmp_path / "bad.jpg"
    bad.write_text("not a picture")
    hand(desk.page, "paste", bad)
    place = desk.page.locator(".node-upload")
    expect(place).to_contain_text("not a JPEG")
    place.get_by_role("button", name="Try again").click()
    expect(place).to_contain_text("not a JPEG")
    place.get_by_role("button", name="Leave it out").click()
    expect(place).to_have_count(0)
    assert desk.stored == "<p>Text</p>"


def test_text_with_a_picture_of_itself_is_pasted_as_text(desk, tmp_path):
    """As Word and browsers put it into the clipboard. Pictures of other pages are not fetched."""
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.write("Pasted words")
    html = '<p>Words <b>first</b></p><img src="https://elsewhere.example/spy.png">'
    hand(desk.page, "paste", drawn(tmp_path, "image.jpg", "red"), html=html)
    expect(desk.page.locator(".prose__said")).to_contain_text("1 picture was not taken over")
    assert desk.stored == "<p>Words <strong>first</strong></p>"
    hand(desk.page, "paste", html='<img src="https://elsewhere.example/spy.png">')
    assert "elsewhere" not in desk.stored
    assert not [address for address in asked if "elsewhere" in address]
    # A picture copied in a browser comes as a file and as its address: then the file counts.
    copied = '<meta charset="utf-8"><img src="https://elsewhere.example/boat.jpg">'
    hand(desk.page, "paste", drawn(tmp_path, "copied.jpg", "lime"), html=copied)
    describe(desk.page, "copied.jpg", "A copied boat")
    one_figure = re.compile(r"^(?!.*<figure.*<figure).*<figure")
    expect(desk.page.locator("textarea.prose-input")).to_have_value(one_figure)


def test_a_figure_is_described_for_its_use_alone(desk):
    """With the keyboard; empty again, the picture's own words stand."""
    desk.open("/admin/articles/article/1/change/")
    button = desk.page.get_by_role("button", name="Describe it for this use")
    button.focus()
    desk.page.keyboard.press("Enter")
    desk.page.get_by_role("dialog").get_by_label("Alternative text").fill('A "grey" quay')
    desk.page.get_by_role("button", name="Change", exact=True).click()
    expect(desk.page.locator(".node__frame")).to_contain_text('Described here as: A "grey" quay')
    desk.save()
    alt = 'data-alt="A &quot;grey&quot; quay"'
    assert desk.stored == f'<p>One</p><figure data-image="1" {alt}></figure><p>Two</p>'
    button.click()
    desk.page.get_by_role("dialog").get_by_label("Alternative text").fill("")
    desk.page.get_by_role("button", name="Change", exact=True).click()
    desk.save()
    assert desk.stored == '<p>One</p><figure data-image="1"></figure><p>Two</p>'


def test_a_picture_without_words_is_described_before_it_becomes_a_lead(desk, tmp_path):
    """The dialog asks for them when the picture is chosen."""
    page = desk.page
    desk.open("/admin/articles/image/")
    page.get_by_label("Add pictures").set_input_files(drawn(tmp_path, "bare.jpg", "gold"))
    expect(page.get_by_text("All done")).to_be_visible(timeout=30_000)
    desk.open("/admin/articles/article/add/")
    page.get_by_role("button", name="Choose a picture").click()
    page.get_by_role("button", name="Without alternative text").first.click()
    dialog = page.get_by_role("dialog", name="Describe the picture")
    dialog.get_by_label("Alternative text").fill("bare_001.jpg")
    dialog.get_by_role("button", name="Save and use").click()
    expect(dialog).to_contain_text("looks like the name of a file")
    dialog.get_by_label("Alternative text").fill("A golden surface")
    dialog.get_by_role("button", name="Save and use").click()
    expect(page.locator(".picture-input__shown")).to_contain_text("A golden surface")


def test_the_focal_point_follows_click_and_arrow_keys_and_the_card_shows_it(desk):
    """The preview cuts the card where the processed one will be cut."""
    page = desk.page
    desk.open("/admin/articles/image/1/change/")
    picture, card = page.locator(".preview img"), page.locator(".focus__card img")
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
    expect(page.locator("#id_focal_x")).to_have_value("0.25")
    expect(page.locator("#id_focal_y")).to_have_value("0.75")
    point = page.get_by_role("button", name="Focal point: 25 % across, 75 % down")
    expect(point).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator("#id_focal_x")).to_have_value("0.26")
    expect(page.locator("#id_focal_y")).to_have_value("0.65")
    # 900 x 600 is a card's own shape; a taller picture is cut around the point.
    expect(card).to_have_css("object-position", "50% 50%")
    picture.evaluate("(img) => img.setAttribute('height', 1200)")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#id_focal_y")).to_have_value("0.64")
    # The window is 600 of 1200: its top at 0.64 * 1200 - 300 = 468, of a way of 600.
    expect(card).to_have_css("object-position", "50% 78%")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_library_has_no_accessibility_faults(browser, newsroom, theme):
    """List, form and table of words, on a phone and on a desk, at every width within the screen."""
    checked = 0
    for width in (360, 768, 1280):
        context = browser.new_context(
            base_url=newsroom.url,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
        )
        desk = sit_down(context, newsroom, "chief")
        for address in ("", "?wordless=yes", "1/change/", "words/?keys=1,2"):
            desk.open(f"/admin/articles/image/{address}")
            found = axe(desk.page)
            assert found.violations_count == 0, f"{address}\n{found.generate_report()}"
            assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                address,
                width,
            )
            checked += 1
        context.close()
    assert checked == 12
