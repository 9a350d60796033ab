"""Pictures in the newsroom: the dialog's endpoints, and deleting."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.models import Image
from tests import make
from tests.newsroom import picture, upload

pytestmark = pytest.mark.django_db


def test_a_picture_is_uploaded_in_the_dialog_and_known_when_it_comes_again(writer):
    """The second time its own words stand, and no second picture is made."""
    sent = {"alt": "A teal surface", "credit": "N. Body", "credit_label": "Photo"}
    first = writer.post("/admin/articles/image/upload/", {**sent, "file": upload()})
    assert first.status_code == 201
    image = Image.objects.get()
    assert image.uploaded_by.username == "writer"
    assert first.json()["picture"]["credit"] == "Photo: N. Body"
    again = writer.post("/admin/articles/image/upload/", {"alt": "Other", "file": upload()})
    assert again.json() == {"picture": first.json()["picture"], "known": True}
    assert Image.objects.count() == 1


def test_what_is_wrong_with_an_upload_is_said_by_field(writer):
    """A text that calls itself a picture, and an alternative text that is a file name."""
    fake = SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    answer = writer.post("/admin/articles/image/upload/", {"file": fake, "alt": "IMG_1234.jpg"})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"file", "alt"}
    assert not Image.objects.exists()


def test_pictures_are_searched_by_word_and_paged_by_key(writer, monkeypatch):
    """Every word has to be found; older pictures follow the last one shown."""
    monkeypatch.setattr("articles.admin.image.library.PAGE_LENGTH", 2)
    for number in range(3):
        picture((600 + number, 400), alt=f"Harbour {number}", credit="Quill")
    picture((700, 300), alt="A mountain")
    page = writer.get("/admin/articles/image/pick/", {"q": "quill harbour"}).json()
    assert [one["alt"] for one in page["pictures"]] == ["Harbour 2", "Harbour 1"]
    rest = {"q": "quill harbour", "before": page["older"]}
    page = writer.get("/admin/articles/image/pick/", rest).json()
    assert [one["alt"] for one in page["pictures"]] == ["Harbour 0"]
    assert page["older"] is None


def test_a_picture_that_stands_in_a_text_cannot_be_deleted(editor):
    """The question names the text, and saying yes is refused."""
    image, unused = picture(), picture((640, 480), alt="Unused")
    make.article("Shows it", body=f'<p>Text</p><figure data-image="{image.pk}"></figure>')
    for one in (image, unused):
        address = reverse("admin:articles_image_delete", args=[one.pk])
        assert ("Shows it" in editor.get(address).content.decode()) == (one == image)
        editor.post(address, {"post": "yes"})
    assert list(Image.objects.all()) == [image]


def test_strangers_get_nothing_from_the_endpoints(client):
    """Without an account they lead to the login; with one that belongs to no group, nowhere."""
    addresses = ["image/pick/", "image/upload/", "article/embed/"]
    for address in addresses:
        assert "/admin/login/" in client.get(f"/admin/articles/{address}").headers["Location"]
    client.force_login(User.objects.create_user("guest", is_staff=True))
    for address in addresses:
        method = client.post if "upload" in address else client.get
        assert method(f"/admin/articles/{address}").status_code == 403


@pytest.mark.parametrize(
    ("address", "status", "answer"),
    [
        ("https://youtu.be/dQw4w9WgXcQ?t=3", 200, ("youtube", "dQw4w9WgXcQ")),
        ("https://example.org/video", 422, None),
        ("", 422, None),
    ],
)
def test_a_pasted_address_is_recognised_or_refused_in_words(writer, address, status, answer):
    """With the providers that are known."""
    response = writer.get("/admin/articles/article/embed/", {"url": address})
    assert response.status_code == status
    if answer:
        assert (response.json()["provider"], response.json()["id"]) == answer
    else:
        assert "YouTube" in response.json()["error"]
