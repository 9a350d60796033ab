"""What the author of a manuscript cut off a picture stays away."""

import PIL.Image
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles import docx
from articles.docx import Changes, Package, Picture, Report
from articles.models import Article, Image
from tests.articles.docx_files import docx as made
from tests.articles.docx_files import image, p, upload
from tests.articles.picture_files import case, colour, encoded, halves

pytestmark = pytest.mark.django_db
NEW = reverse("admin:articles_article_docx")


def send(client, data: bytes) -> str:
    file = SimpleUploadedFile("in.docx", data)
    return client.post(NEW, {"file": file, "changes": "accept"}, follow=True).content.decode()


def test_the_library_has_only_what_the_document_shows(writer):
    send(writer, case("docx-crop/in.docx"))
    picture = Image.objects.get()
    with picture.file.open() as file, PIL.Image.open(file) as opened:
        shown = opened.convert("RGB")
    assert {colour(shown, x, 0.5) for x in (0.02, 0.5, 0.98)} == {"blue"}
    assert f'<figure data-image="{picture.pk}"></figure>' in Article.objects.get().body


def test_two_crops_of_a_picture_are_two_pictures(writer):
    """And the same crop twice is one."""
    whole = image("i", "Two halves")
    left, right = (whole.replace("</pic:blipFill>", f"{cut}</pic:blipFill>") for cut in (
        '<a:srcRect r="50000"/>', '<a:srcRect l="50000"/>'))  # fmt: skip
    send(
        writer,
        made(p(left), p(right), p(left), p(whole), files={"i": encoded(halves(400, 200), "PNG")}),
    )
    sizes = sorted((one.width, one.height) for one in Image.objects.all())
    assert sizes == [(200, 200), (200, 200), (400, 200)]
    assert Article.objects.get().body.count("<figure") == 4


def crops(*drawings: str) -> tuple[list[Picture], Report]:
    asked: list[Picture] = []

    def ask(picture: Picture, report: Report) -> int:
        asked.append(picture)
        return picture.number

    file = made(p(*drawings), files={"i": b"bytes"})
    found = docx.read(Package(upload(file)), Changes.ACCEPT, ask)
    return asked, found.report


def filled(inside: str, around: str = "") -> str:
    return image("i").replace("</pic:blipFill>", f"{inside}</pic:blipFill>{around}")


def old(attributes: str) -> str:
    return f'<w:r><w:pict><v:shape><v:imagedata r:id="i" {attributes}/></v:shape></w:pict></w:r>'


@pytest.mark.parametrize(
    ("drawing", "cut"),
    [
        (filled(""), (0, 0, 0, 0)),
        (filled('<a:srcRect l="10000" t="20000" r="30000" b="40000"/>'), (0.1, 0.2, 0.3, 0.4)),
        (filled('<a:srcRect l="12.5%"/>'), (0.125, 0, 0, 0)),
        # Room around a picture is no cut.
        (filled('<a:srcRect l="-10000" r="-5000"/>'), (0, 0, 0, 0)),
        # Stretched beyond its frame, alone and after a cut.
        (filled('<a:stretch><a:fillRect l="-100000"/></a:stretch>'), (0.5, 0, 0, 0)),
        (filled('<a:srcRect l="50000"/><a:stretch><a:fillRect r="-100000"/></a:stretch>'),
         (0.5, 0, 0.25, 0)),
        (filled('<a:stretch><a:fillRect l="10000"/></a:stretch>'), (0, 0, 0, 0)),
        # As old programs write it.
        (old('cropleft="32768f" cropbottom=".25"'), (0.5, 0, 0, 0.25)),
        (old('croptop="16384f" cropright="-100f"'), (0, 0.25, 0, 0)),
        # Numbers that are none.
        (filled('<a:srcRect l="wide" t="" r="-" b="1e9"/>'), (0, 0, 0, 0)),
    ],
)  # fmt: skip
def test_each_way_to_cut_a_picture_is_read(drawing, cut):
    (picture,), report = crops(drawing)
    assert picture.crop == cut
    assert report.pictures == []


def test_a_picture_of_which_nothing_is_left_is_named():
    asked, report = crops(filled('<a:srcRect l="60000" r="60000"/>'))
    assert asked == []
    assert report.pictures == ["Picture 1 is cut away as a whole."]


def test_a_picture_that_was_cut_to_a_shape_is_named():
    """The library has a rectangle; its corners are to be looked at before anybody sees them."""
    heart = '<pic:spPr><a:prstGeom prst="heart"/></pic:spPr>'
    plain = '<pic:spPr><a:prstGeom prst="rect"/></pic:spPr>'
    _, report = crops(filled("", heart), filled("", plain))
    assert report.dropped() == [
        "1 picture that was cut to a shape: the library has its whole rectangle"
    ]


def shape(inside: str, *, is_hidden: bool = False) -> str:
    name = f'<wps:cNvPr id="2" hidden="{int(is_hidden)}"/>'
    return f"<wps:wsp>{name}{inside}</wps:wsp>"


def group(*shapes: str) -> str:
    """A picture with shapes beside it."""
    return image("i").replace("</pic:pic>", f"</pic:pic>{''.join(shapes)}")


ELLIPSE = '<wps:spPr><a:prstGeom prst="ellipse"/>{}</wps:spPr>'
BOX = f"<wps:txbx><w:txbxContent>{p('boxed')}</w:txbxContent></wps:txbx>"


@pytest.mark.parametrize(
    ("drawing", "line"),
    [
        (
            shape(ELLIPSE.format('<a:blipFill><a:blip r:embed="i"/></a:blipFill>')),
            "1 picture that was cut to a shape: the library has its whole rectangle",
        ),
        (
            filled("", '<pic:spPr><a:xfrm rot="5400000"/></pic:spPr>'),
            "1 picture that was turned or mirrored: the library has it as it was",
        ),
        (
            old("").replace("<v:shape>", '<v:shape style="width:9pt;flip:x">'),
            "1 picture that was turned or mirrored: the library has it as it was",
        ),
        (
            group(shape(ELLIPSE.format("<a:solidFill/>"))),
            "1 picture with shapes drawn over it: the library has it bare",
        ),
        (
            old("").replace("<w:pict>", "<w:pict><v:rect/>"),
            "1 picture with shapes drawn over it: the library has it bare",
        ),
    ],
)
def test_what_was_done_to_a_picture_and_is_not_done_here_is_named(drawing, line):
    drawing = (
        drawing if drawing.startswith("<w:r>") else f"<w:r><w:drawing>{drawing}</w:drawing></w:r>"
    )
    asked, report = crops(drawing)
    assert len(asked) == 1
    assert report.dropped() == [line]


def test_a_picture_beside_words_has_nothing_drawn_over_it():
    plain = filled("", '<pic:spPr><a:xfrm rot="0" flipH="0"/></pic:spPr>')
    assert crops(plain)[1].dropped() == []
    assert crops(group(shape(BOX)))[1].dropped() == ["1 text box: its words are listed below"]


@pytest.mark.parametrize(
    "drawing",
    [
        image("i").replace("<wp:docPr ", '<wp:docPr hidden="1" '),
        old("").replace("<v:shape>", '<v:shape style="width:9pt; visibility : hidden">'),
        old("").replace("v:shape>", "v:rect>").replace("<v:rect", '<v:rect style="display:none"'),
        old("")
        .replace("<w:pict>", '<w:pict><v:group style="visibility:hidden">')
        .replace("</w:pict>", "</v:group></w:pict>"),
        filled("").replace(
            "<pic:pic>", '<pic:pic><pic:nvPicPr><pic:cNvPr hidden="true"/></pic:nvPicPr>'
        ),
        image("i").replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>"),
        f'<w:del w:id="1">{image("i")}</w:del>',
    ],
)
def test_a_picture_that_was_hidden_or_deleted_stays_away(drawing):
    asked, report = crops(drawing)
    assert asked == []
    assert report.dropped() == ([] if "w:del" in drawing else ["1 passage of hidden text"])


def test_of_a_group_only_what_is_hidden_stays_away():
    """The picture beside it is kept, the words are listed."""
    asked, report = crops(group(shape(BOX.replace("boxed", "secret"), is_hidden=True), shape(BOX)))
    assert len(asked) == 1
    assert report.words == {"text boxes": ["boxed"]}
    assert "1 passage of hidden text" in report.dropped()


def test_pictures_and_drawn_words_of_a_header_are_named():
    mark = '<w:r><w:pict><v:shape><v:textpath string="DRAFT"/></v:shape></w:pict></w:r>'
    header = docx.read(
        Package(upload(made(p("a"), parts={"header": p(mark), "footer": p(image("i"))}))),
        Changes.ACCEPT,
        lambda picture, report: 1,
    )
    assert header.report.dropped() == ["2 headers and footers"]
    assert header.report.words == {"headers": ["DRAFT"]}


def test_of_a_picture_that_stands_there_twice_for_old_programs_one_is_taken():
    twice = (
        '<mc:AlternateContent><mc:Choice><a:blip r:embed="i"/></mc:Choice>'
        '<mc:Fallback><v:imagedata r:id="i" cropleft=".5"/></mc:Fallback></mc:AlternateContent>'
    )
    asked, _ = crops(f"<w:r><w:drawing>{twice}</w:drawing></w:r>")
    assert [picture.crop for picture in asked] == [(0, 0, 0, 0)]
