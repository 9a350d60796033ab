"""The library of pictures: finding, adding several at once, describing, and where each is used."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from articles.models import Image, Page, Publication
from tests import make
from tests.newsroom import person, picture, upload

pytestmark = pytest.mark.django_db
LIBRARY = "/admin/articles/image/"
FILES = LIBRARY + "files/"
JSON = {"Accept": "application/json"}


def several(count: int, **fields: object) -> list[Image]:
    return [picture((600 + number, 400), alt=f"Quay {number}", **fields) for number in range(count)]


def listed(client: Client, **query: str) -> set[int]:
    return {image.pk for image in client.get(LIBRARY, query).context["cl"].result_list}


def words_page(*images: Image) -> str:
    return f"{LIBRARY}words/?keys={','.join(str(image.pk) for image in images)}"


def fake(name: str = "notes.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"no picture", "image/jpeg")


# Finding


def test_the_filters_find_what_is_to_be_done(client, time_machine):
    """Licences that end or have ended, pictures nobody described, unused ones and one's own."""
    time_machine.move_to(datetime(2026, 5, 10, 12, tzinfo=UTC), tick=False)
    editor = person("Editor")
    client.force_login(editor)
    today = date(2026, 5, 10)
    ends = [0, 30, 31, -1, None, None]
    images = several(6)
    for image, days in zip(images, ends, strict=True):
        image.licence_expires = None if days is None else today + timedelta(days=days)
        image.save()
    last, month, later, ended, wordless, mine = (image.pk for image in images)
    Image.objects.filter(pk=wordless).update(alt="")
    Image.objects.filter(pk=mine).update(uploaded_by=editor)
    make.article(lead_image_id=mine)
    assert listed(client, licence="soon") == {last, month}
    assert listed(client, licence="expired") == {ended}
    assert listed(client, licence="open") == {wordless, mine}
    assert listed(client, wordless="yes") == {wordless}
    assert listed(client, unused="yes") == {last, month, later, ended, wordless}
    assert listed(client, mine="yes") == {mine}
    page = client.get(LIBRARY).content.decode()
    assert "2 licences end within 30 days" in page
    assert "1 picture is without alternative text" in page
    assert "Licence ended 9 May 2026" in page
    assert "Licence ends 10 May 2026" in page


@pytest.mark.parametrize("word", ["harbour", "pilots", "Quill", "agency"])
def test_a_picture_is_found_by_each_of_its_words(editor, word):
    """Alternative text, caption, credit and licence."""
    several(2)
    image = picture(
        alt="A harbour", caption="The pilots' boat", credit="Ada Quill", licence="AGENCY, one year"
    )
    assert listed(editor, q=word) == {image.pk}


def test_the_list_asks_as_much_for_a_page_of_pictures_as_for_one(editor, django_assert_num_queries):
    """The number of uses comes with the rows."""
    first, *_ = several(1)
    make.article(lead_image=first)
    editor.get(LIBRARY)
    with django_assert_num_queries(8) as asked:
        editor.get(LIBRARY)
    for number in range(1, 26):
        image = picture((600 + number, 400), alt=f"Quay {number}")
        make.article(lead_image=image, body=f'<figure data-image="{image.pk}"></figure>')
    with django_assert_num_queries(len(asked)):
        page = editor.get(LIBRARY)
    assert len(page.context["cl"].result_list) == 24
    assert page.content.decode().count("2 uses") == 24


# Where a picture is used


def test_the_form_says_where_a_picture_is_used_and_leads_there(chief, django_assert_num_queries):
    """Leads, texts of articles and pages, portraits and the shared picture."""
    image = picture()
    figure = f'<figure data-image="{image.pk}"></figure>'
    lead = make.article("Its lead", lead_image=image)
    text = make.article("Its text", body=figure)
    page = Page.objects.create(title="Its page", slug="its-page", body=figure)
    author = make.author("Its author", portrait=image)
    Publication.objects.update(sharing_image=image)
    address = reverse("admin:articles_image_change", args=[image.pk])
    uses = chief.get(address).context["uses"]
    assert {(use["kind"], use["role"], use["url"]) for use in uses} == {
        ("article", "lead image", f"/admin/articles/article/{lead.pk}/change/"),
        ("article", "in the text", f"/admin/articles/article/{text.pk}/change/"),
        ("page", "in the text", f"/admin/articles/page/{page.pk}/change/"),
        ("author", "portrait", f"/admin/articles/author/{author.pk}/change/"),
        ("publication", "sharing image", "/admin/articles/publication/1/change/"),
    }
    with django_assert_num_queries(11) as asked:
        chief.get(address)
    for _ in range(5):
        make.article(lead_image=image, body=figure)
    with django_assert_num_queries(len(asked)):
        assert len(chief.get(address).context["uses"]) == 15


def test_where_used_names_only_what_a_person_may_open(writer):
    """A writer does not see pages and the publication's settings, and learns nothing of them."""
    image = picture()
    figure = f'<figure data-image="{image.pk}"></figure>'
    Page.objects.create(title="Secret page", slug="secret", body=figure)
    make.article("Open article", body=figure)
    page = writer.get(reverse("admin:articles_image_change", args=[image.pk]))
    assert [use["name"] for use in page.context["uses"]] == ["Open article"]
    assert "Secret page" not in page.content.decode()


# Adding several


def test_a_script_sends_one_file_and_learns_what_became_of_it(writer):
    """New, known by its bytes, or refused with a reason."""
    new = writer.post(FILES, {"files": upload()}, headers=JSON).json()["files"][0]
    image = Image.objects.get()
    assert (image.alt, image.uploaded_by.username) == ("", "writer")
    assert (new["picture"]["key"], new["known"], new["error"]) == (image.pk, False, "")
    known = writer.post(FILES, {"files": upload(name="again.jpg")}, headers=JSON)
    assert known.json()["files"][0]["known"] is True
    refused = writer.post(FILES, {"files": fake()}, headers=JSON).json()["files"][0]
    assert refused["picture"] is None
    assert "not a JPEG" in refused["error"]
    assert Image.objects.count() == 1


def test_without_script_several_files_come_at_once_and_lead_to_their_words(writer):
    """One that is no picture and one that is known are said by name; the others are taken."""
    picture(alt="Known before")
    sent = [upload(name="old.jpg"), upload((640, 480)), fake(), upload((700, 300))]
    page = writer.post(FILES, {"files": sent}, follow=True)
    new = Image.objects.without_alt().order_by("pk")
    assert page.redirect_chain == [(words_page(*new), 302)]
    said = [str(message) for message in page.context["messages"]]
    assert said[0] == "“old.jpg” is in the library already: Known before."
    assert said[1].startswith("“notes.jpg”: ")
    assert len(page.context["rows"]) == 2
    page = writer.post(FILES, {}, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["Choose at least one file."]


# Describing


def test_one_credit_and_licence_stand_for_all_that_have_none(writer):
    """Each row has its own alternative text; what a row says itself is kept."""
    images = several(3, uploaded_by=User.objects.get())
    data = {
        "all-credit": "Ada Quill",
        "all-licence": "One year",
        "all-licence_expires": "2027-01-31",
    }
    for number, image in enumerate(images):
        data[f"picture-{image.pk}-alt"] = f"Boats, row {number}"
    data[f"picture-{images[1].pk}-credit"] = "Bo Quill"
    assert writer.post(words_page(*images), data).status_code == 302
    stored = list(Image.objects.order_by("pk").values_list("alt", "credit", "licence"))
    assert stored == [
        ("Boats, row 0", "Ada Quill", "One year"),
        ("Boats, row 1", "Bo Quill", "One year"),
        ("Boats, row 2", "Ada Quill", "One year"),
    ]
    assert {str(image.licence_expires) for image in Image.objects.all()} == {"2027-01-31"}
    assert LogEntry.objects.filter(change_message="Words written.").count() == 3


def test_what_is_complete_is_saved_and_the_rest_stays_as_it_was_typed(writer):
    """A missing alternative text and one that is a file name are said in their rows."""
    images = several(3, uploaded_by=User.objects.get())
    Image.objects.update(alt="")
    whole, empty, named = images
    page = writer.post(
        words_page(*images),
        {
            f"picture-{whole.pk}-alt": "Boats at dawn",
            f"picture-{empty.pk}-credit": "Kept though not saved",
            f"picture-{named.pk}-alt": "IMG_1234.jpg",
        },
    )
    assert page.status_code == 200
    assert [bool(row.errors) for _, row in page.context["rows"]] == [False, True, True]
    assert "Kept though not saved" in page.content.decode()
    assert "looks like the name of a file" in page.content.decode()
    assert "1 picture saved; 2 pictures still to be described" in page.content.decode()
    assert list(Image.objects.order_by("pk").values_list("alt", flat=True)) == [
        "Boats at dawn",
        "",
        "",
    ]


def test_nobody_describes_a_picture_that_is_not_theirs(writer):
    """A writer finds only own pictures in the table, and none behind the dialog's address."""
    own, other = several(2)
    Image.objects.filter(pk=own.pk).update(uploaded_by=User.objects.get())
    page = writer.get(words_page(own, other))
    assert [row.instance for _, row in page.context["rows"]] == [own]
    writer.post(words_page(own, other), {f"picture-{other.pk}-alt": "Changed"})
    assert writer.get(words_page(other)).status_code == 403
    assert writer.get(LIBRARY + "words/").status_code == 403
    address = reverse("admin:articles_image_edit_words", args=[other.pk])
    assert writer.post(address, {"alt": "Changed"}).status_code == 403
    assert Image.objects.get(pk=other.pk).alt == "Quay 1"


def test_the_dialog_describes_a_picture_before_it_is_used(writer):
    """With the same rule against file names; a GET changes nothing."""
    (image,) = several(1, uploaded_by=User.objects.get())
    Image.objects.update(alt="")
    address = reverse("admin:articles_image_edit_words", args=[image.pk])
    assert writer.get(address, {"alt": "Boats"}).status_code == 405
    assert set(writer.post(address, {"alt": "DSC_0001"}).json()["errors"]) == {"alt"}
    assert Image.objects.get().alt == ""
    answer = writer.post(address, {"alt": "Boats at dawn", "credit": "Ada Quill"})
    assert answer.json()["picture"]["alt"] == "Boats at dawn"
    assert (Image.objects.get().alt, Image.objects.get().credit) == ("Boats at dawn", "Ada Quill")
    assert writer.post(f"{LIBRARY}99999/words/", {"alt": "Boats"}).status_code == 404


def test_chosen_pictures_are_described_from_the_list(editor):
    """The action leads to the table, and changes nothing itself."""
    images = several(2)
    data = {"action": "describe", "_selected_action": [image.pk for image in images]}
    answer = editor.post(LIBRARY, data)
    keys = answer.headers["Location"].partition("?keys=")[2]
    assert {int(key) for key in keys.split(",")} == {image.pk for image in images}


def test_strangers_get_nothing_from_the_library(client):
    """Without an account they lead to the login; with one that belongs to no group, nowhere."""
    image = picture()
    addresses = [FILES, words_page(image), f"{LIBRARY}{image.pk}/words/", LIBRARY]
    for address in addresses:
        assert "/admin/login/" in client.post(address).headers["Location"]
    client.force_login(User.objects.create_user("guest", is_staff=True))
    for address in addresses:
        assert client.post(address).status_code == 403
    assert Image.objects.count() == 1


def test_nothing_is_said_of_a_picture_of_one_frame(editor):
    answer = editor.post(FILES, {"files": [upload()]}, headers=JSON).json()
    assert answer["files"][0]["picture"]["left_out"] == ""
