from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from PIL import Image as Pixels

from articles import renditions
from articles.models import Image
from articles.models.images import KNOWN_FROM_DECODING, refuse_file_name, refuse_headline
from articles.renditions import ImageRefused
from tests.articles import picture_files as files

pytestmark = pytest.mark.django_db

ALT = "A patrol boat leaves the harbour at dawn"
UPLOADED_NAME = "IMG_4711 from the minister.php.jpg"


class PictureForm(forms.ModelForm):
    class Meta:
        model = Image
        fields = ["file", "alt", "focal_x", "focal_y"]


@pytest.fixture
def media(settings) -> Path:
    return Path(settings.MEDIA_ROOT)


def stored(media: Path) -> set[str]:
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def make(data: bytes = b"", **fields: Any) -> Image:
    upload = files.upload(data or files.jpeg(), UPLOADED_NAME)
    return Image.objects.create(**{"file": upload, "alt": ALT, **fields})


def form(data: bytes, instance: Image | None = None, **typed: Any) -> PictureForm:
    return PictureForm(
        {"alt": ALT, "focal_x": 0.5, "focal_y": 0.5, **typed},
        {"file": files.upload(data, UPLOADED_NAME)} if data else {},
        instance=instance,
    )


@pytest.fixture
def processed_uploads(monkeypatch: pytest.MonkeyPatch) -> list[renditions.ProcessedImage]:
    """Every time that an upload was decoded."""
    made: list[renditions.ProcessedImage] = []
    process = renditions.process

    def counted(*args: Any) -> renditions.ProcessedImage:
        made.append(process(*args))
        return made[-1]

    monkeypatch.setattr(renditions, "process", counted)
    return made


def by_create() -> Image:
    return make()


def by_bulk_create() -> Image:
    upload = files.upload(files.jpeg(), UPLOADED_NAME)
    return Image.objects.bulk_create([Image(file=upload, alt=ALT)])[0]


def by_the_file_itself() -> Image:
    image = Image(alt=ALT)
    image.file.save(UPLOADED_NAME, ContentFile(files.jpeg()))
    return image


def by_form() -> Image:
    return form(files.jpeg()).save()


def by_ingest() -> Image:
    return Image.objects.ingest(files.upload(files.jpeg(), UPLOADED_NAME), alt=ALT)[0]


@pytest.mark.parametrize(
    "way_in", [by_create, by_bulk_create, by_the_file_itself, by_form, by_ingest]
)
def test_whatever_the_way_in_only_fresh_encodings_are_stored(
    way_in, media: Path, processed_uploads: list[renditions.ProcessedImage]
) -> None:
    """Form, shell, import: one door, passed once, and the row knows all that lies in storage."""
    image = Image.objects.get(pk=way_in().pk)

    assert len(processed_uploads) == 1
    assert stored(media) == image.file_names
    assert len(image.file_names) == 1 + 3 + 1 + 4 + 2
    assert not any("IMG_4711" in name or "php" in name for name in stored(media))
    assert files.jpeg() not in [(media / name).read_bytes() for name in stored(media)]
    assert (image.width, image.height, image.tone) == (600, 400, "200")
    assert image.digest == renditions.digest(ContentFile(files.jpeg()))


@pytest.mark.parametrize(
    "build", [files.svg, files.truncated_jpeg, files.png_bomb, lambda: b"", lambda: b"text"]
)
def test_a_refused_upload_is_an_error_on_the_field_and_leaves_nothing(build, media: Path) -> None:
    """The editor reads why, beside the field; neither row nor file exists."""
    filled = form(build())

    assert not filled.is_valid()
    assert list(filled.errors) == ["file"]
    assert len(filled.errors["file"]) == 1
    assert Image.objects.count() == 0
    assert stored(media) == set()


def test_a_refused_upload_without_a_form_raises_and_leaves_nothing(media: Path) -> None:
    """As an import meets it."""
    with pytest.raises(ImageRefused, match="not a JPEG, PNG, WebP or GIF"):
        make(files.svg())

    assert Image.objects.count() == 0
    assert stored(media) == set()


def test_another_fault_of_the_form_stores_no_picture(media: Path) -> None:
    """A sound picture without words waits for its words."""
    filled = form(files.jpeg(), alt="")

    assert not filled.is_valid()
    assert list(filled.errors) == ["alt"]
    assert stored(media) == set()


def test_a_row_that_the_database_refuses_takes_its_files_with_it(media: Path) -> None:
    """The constraint is met after the files were stored."""
    with pytest.raises(IntegrityError), transaction.atomic():
        make(focal_x=2)

    assert stored(media) == set()


def test_words_are_changed_without_touching_a_file(
    media: Path, django_capture_on_commit_callbacks
) -> None:
    """Most edits are of words; they cost no decoding, also in a copy that was fetched long ago."""
    image = make(files.jpeg(1600, 400))
    long_ago = Image.objects.get(pk=image.pk)
    with django_capture_on_commit_callbacks(execute=True):
        image.focal_x = 0.0
        image.save()

    with django_capture_on_commit_callbacks(execute=True):
        long_ago.focal_x = 0.0
        long_ago.caption = "At dawn"
        long_ago.save()

    assert Image.objects.get().caption == "At dawn"
    assert Image.objects.get().file_names == image.file_names == stored(media)


@pytest.mark.parametrize("update_fields", [None, ["focal_x", "focal_y"]])
def test_a_new_focal_point_makes_new_cards_and_nothing_else(
    update_fields: list[str] | None, media: Path, django_capture_on_commit_callbacks
) -> None:
    """New crops have new names, since browsers keep the old ones; those go after the commit."""
    image = make(files.jpeg(1600, 400))
    before = image.renditions

    with django_capture_on_commit_callbacks(execute=True):
        image.focal_x = 0.0
        image.save(update_fields=update_fields)

    after = Image.objects.get().renditions
    assert after["full"] == before["full"]
    cards = renditions.names({"card": after["card"]})
    assert len(cards) == 6
    assert not cards & renditions.names(before)
    assert stored(media) == Image.objects.get().file_names
    with Pixels.open(media / after["card"]["jpg"][-1][2]) as card:
        assert files.colour(card, 0.95, 0.5) == "red"


def test_old_crops_stay_until_the_change_is_certain(
    media: Path, django_capture_on_commit_callbacks
) -> None:
    """A rolled back change must find its files again."""
    image = make(files.jpeg(1600, 400))
    before = image.file_names

    with django_capture_on_commit_callbacks():
        image.focal_x = 0.0
        image.save()

    assert before < stored(media)


def test_a_new_upload_replaces_every_file(media: Path, django_capture_on_commit_callbacks) -> None:
    """Also where only the file is saved: what decoding knows is saved with it."""
    image = make()
    before = image.file_names

    with django_capture_on_commit_callbacks(execute=True):
        image.file = files.upload(files.jpeg(300, 500))
        image.save(update_fields=["file"])

    again = Image.objects.get()
    assert (again.width, again.height) == (300, 500)
    assert not again.file_names & before
    assert stored(media) == again.file_names


def test_a_refused_replacement_changes_nothing(media: Path) -> None:
    """The picture that was there stays whole."""
    image = make()

    filled = form(files.truncated_jpeg(), instance=Image.objects.get())
    assert not filled.is_valid()

    assert Image.objects.get().file_names == image.file_names == stored(media)


@pytest.mark.parametrize("all_at_once", [False, True])
def test_a_deleted_row_takes_its_files_with_it(
    all_at_once: bool, media: Path, django_capture_on_commit_callbacks
) -> None:
    """One by one or by a queryset, and only once it is certain."""
    image = make()

    with django_capture_on_commit_callbacks() as callbacks:
        Image.objects.all().delete() if all_at_once else image.delete()
    assert stored(media)

    for callback in callbacks:
        callback()
    assert stored(media) == set()


def test_the_same_upload_is_recognised(media: Path) -> None:
    """Importing twice makes one picture, and leaves the words that the newsroom gave it."""
    first, new = Image.objects.ingest(files.upload(files.jpeg()), alt=ALT, credit="Ada/ENVOY")
    assert new
    Image.objects.update(credit="Ada Quill/ENVOY")
    before = stored(media)

    second, new = Image.objects.ingest(files.upload(files.jpeg(), "b.jpg"), alt="Other words")

    assert (second.pk, new) == (first.pk, False)
    assert (second.alt, second.credit) == (ALT, "Ada Quill/ENVOY")
    assert stored(media) == before


def test_an_import_is_held_to_the_rules_of_the_form(media: Path) -> None:
    """A file name for words is refused, and nothing is stored."""
    with pytest.raises(ValidationError, match="name of a file"):
        Image.objects.ingest(files.upload(files.jpeg()), alt="IMG_4711.jpg")

    assert stored(media) == set()


@pytest.mark.parametrize("point", [-0.1, 1.1, "nan", "inf"])
def test_a_focal_point_lies_inside(point: float | str) -> None:
    """The form says so on the field; the database holds it for every other way."""
    filled = form(files.jpeg(), focal_x=point)

    assert not filled.is_valid()
    assert list(filled.errors) == ["focal_x"]
    image = make()
    with pytest.raises(IntegrityError), transaction.atomic():
        Image.objects.filter(pk=image.pk).update(focal_y=1.5)


@pytest.mark.parametrize(
    "alt",
    [
        "IMG_4711.jpg",
        "DSC01234",
        "image1",
        "Photo (3)",
        "Screenshot 2026-01-05 at 10.11.12",
        "WhatsApp Image 2026-01-05 at 10.11.12",
        "PXL_20260105_101112",
        "minister final v2.jpeg",
        "lead_picture_final",
        "20260105",
        "shutterstock-198273645",
        "  kcna-airfield.webp ",
    ],
)
def test_the_name_of_a_file_is_no_description(alt: str) -> None:
    """What cameras, phones and agencies call their files says nothing to a listener."""
    with pytest.raises(ValidationError) as caught:
        refuse_file_name(alt)
    assert caught.value.code == "file_name"


@pytest.mark.parametrize(
    "alt",
    [
        ALT,
        "Self-portrait",
        "Protesters",
        "G20",
        "Photo of 300 delegates in a hall",
        "Image of a map that shows 3 ports",
        "Picture 2 of the series shows a bridge, half open, in fog over the strait",
        "Фото: корабль у причала в 1991 году",
        "北朝鮮の空港2023年",
        "A banner that reads www.example.com",
    ],
)
def test_a_description_is_taken(alt: str) -> None:
    """No rule against file names may stand in the way of honest words."""
    refuse_file_name(alt)


def test_a_description_is_not_the_headline() -> None:
    """Case and punctuation make no difference; more words do."""
    with pytest.raises(ValidationError) as caught:
        refuse_headline("the  strait, closed", "The Strait: Closed")
    assert caught.value.code == "headline"
    refuse_headline("The strait, closed by a chain of buoys", "The Strait: Closed")


@pytest.mark.parametrize(
    ("label", "credit", "line"),
    [
        (
            "Top photo credit",
            "Ada Quill/ENVOY via WIRE",
            "Top photo credit: Ada Quill/ENVOY via WIRE",
        ),
        ("Top photo credit: ", "Ada Quill", "Top photo credit: Ada Quill"),
        ("", "Ada Quill", "Ada Quill"),
        ("Top photo credit", "", ""),
        ("", "", ""),
    ],
)
def test_a_credit_line_has_no_stray_colon(label: str, credit: str, line: str) -> None:
    """Either half may be missing."""
    assert Image(credit_label=label, credit=credit).credit_line == line


def test_other_sites_get_a_jpeg_by_its_full_address(settings) -> None:
    """The narrowest that is wide enough, else the widest there is."""
    settings.SITE_URL = "https://envoy.example.org"
    large, small = make(files.jpeg(2400, 1600)), make(files.png(500, 300))

    assert large.sharing_url.startswith("https://envoy.example.org/media/pictures/")
    assert large.sharing_url.endswith("-full-1440.jpg")
    assert large.jpeg(600)[1:] == (640, 427)
    assert small.jpeg(600)[1:] == (500, 300)


def test_what_is_missing_is_made_again(
    media: Path, capsys: pytest.CaptureFixture, django_capture_on_commit_callbacks
) -> None:
    """A lost file and a shape that was never made come back from the master; the rest stays."""
    whole, torn, bare = make(), make(), make()
    (media / torn.renditions["card"]["avif"][0][2]).unlink()
    Image.objects.filter(pk=bare.pk).update(renditions={})

    with django_capture_on_commit_callbacks(execute=True):
        call_command("make_renditions")

    assert "2 pictures made, 1 left as they were." in capsys.readouterr().out
    assert Image.objects.get(pk=whole.pk).renditions == whole.renditions
    again = Image.objects.get(pk=torn.pk).renditions
    assert again["full"] == torn.renditions["full"]
    assert again["card"] != torn.renditions["card"]
    images = list(Image.objects.all())
    assert [image.missing_shapes for image in images] == [[], [], []]
    assert set().union(*(image.file_names for image in images)) <= stored(media)


def test_everything_is_made_again_on_request(
    media: Path, django_capture_on_commit_callbacks
) -> None:
    """After the table of widths was changed; the old files go."""
    image = make()

    with django_capture_on_commit_callbacks(execute=True):
        call_command("make_renditions", "--all")

    again = Image.objects.get()
    assert again.file_names & image.file_names == {image.file.name}
    assert stored(media) == again.file_names


def test_a_lost_master_is_reported_and_the_others_are_made(
    media: Path, capsys: pytest.CaptureFixture
) -> None:
    """One bad picture does not end the repair."""
    lost, bare = make(), make()
    (media / lost.file.name).unlink()
    Image.objects.update(renditions={})

    with pytest.raises(CommandError, match="1 pictures have no master"):
        call_command("make_renditions")

    assert f"Picture {lost.pk}" in capsys.readouterr().err
    assert Image.objects.get(pk=bare.pk).missing_shapes == []


def test_what_decoding_knows_is_named_completely() -> None:
    """The columns that no form shows are those that an upload fills, and who brought it when."""
    silent = {field.name for field in Image._meta.fields if not field.editable}

    assert silent == {*KNOWN_FROM_DECODING, "uploaded_by", "uploaded_at"}
