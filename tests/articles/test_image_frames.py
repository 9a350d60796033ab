"""An animation is kept as its first frame, and that is said by whatever way its file comes in."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from articles.models import Image
from tests.articles.docx_files import docx, image, p
from tests.articles.picture_files import animated, jpeg, upload
from tests.importing import folder_of_pictures, piece, run, write

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
LIBRARY = reverse("admin:articles_image_changelist")
KEPT = "Only the first of the 2 frames of the animation is kept."
WORDS = {"alt": "A dance in two steps", "focal_x": 0.5, "focal_y": 0.5}
CUT = '<a:srcRect l="25000"/></pic:blipFill>'


def dance() -> SimpleUploadedFile:
    return SimpleUploadedFile("dance.gif", animated("GIF"), "image/gif")


def many(editor: Client, folder: Path) -> str:
    page = editor.post(LIBRARY + "files/", {"files": [dance()]}, follow=True)
    return page.content.decode()


def dropped_or_pasted(editor: Client, folder: Path) -> str:
    headers = {"Accept": "application/json"}
    return editor.post(LIBRARY + "files/", {"files": [dance()]}, headers=headers).content.decode()


def dialog(editor: Client, folder: Path) -> str:
    return editor.post(LIBRARY + "upload/", {"file": dance(), **WORDS}).content.decode()


def form(editor: Client, folder: Path) -> str:
    page = editor.post(LIBRARY + "add/", {"file": dance(), **WORDS}, follow=True)
    return page.content.decode()


def replaced(editor: Client, folder: Path) -> str:
    before, _ = Image.objects.ingest(upload(jpeg()), alt="Boats at dawn")
    address = reverse("admin:articles_image_change", args=[before.pk])
    return editor.post(address, {"file": dance(), **WORDS}, follow=True).content.decode()


def manuscript(editor: Client, folder: Path, drawing: str = "") -> str:
    data = docx(p(drawing or image("dance", "A dance")), files={"dance": animated("GIF")})
    file = SimpleUploadedFile("dance.docx", data)
    address = reverse("admin:articles_article_docx")
    page = editor.post(address, {"file": file, "changes": "accept"}, follow=True)
    return page.content.decode()


def cut_manuscript(editor: Client, folder: Path) -> str:
    return manuscript(editor, folder, image("dance").replace("</pic:blipFill>", CUT))


def imported(editor: Client, folder: Path) -> str:
    folder_of_pictures(folder, 1)
    (folder / "images/1.jpg").write_bytes(animated("GIF"))
    return run(write(folder, piece()))


# Each way with the module by which its file becomes a picture.
WAYS: dict[Callable[[Client, Path], str], str] = {
    many: "articles/admin/image/bulk_edit.py",
    dropped_or_pasted: "articles/admin/image/bulk_edit.py",
    dialog: "articles/admin/image/library.py",
    form: "articles/admin/image/admin.py",
    replaced: "articles/admin/image/admin.py",
    manuscript: "articles/docx/drafts.py",
    cut_manuscript: "articles/docx/drafts.py",
    imported: "articles/importing/saving.py",
}
# The demo draws its own pictures.
DRAWN = "magazine/demo/studio.py"


def takes_files(node: ast.AST) -> bool:
    """Whether a piece of code makes pictures of files: a row, a form with the column, an admin."""
    if not isinstance(node, ast.Call):
        return False
    called, words = ast.unparse(node.func), ast.unparse(node)
    return (
        called == "Image.objects.ingest"
        or (called == "Image" and any(one.arg == "file" for one in node.keywords))
        or (called == "forms.modelform_factory" and "Image" in words and "'file'" in words)
        or words == "admin.register(Image)"
    )


def test_every_way_by_which_a_picture_comes_in_is_here():
    """The script that sends files to the library one by one serves pasting and dropping alike."""
    found = {
        str(path.relative_to(ROOT))
        for app in ("articles", "newsletter", "magazine")
        for path in (ROOT / app).rglob("*.py")
        if any(map(takes_files, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert len(WAYS) == 8
    assert found == {*WAYS.values(), DRAWN}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_frames_that_are_left_out_are_said(way, editor, tmp_path):
    assert KEPT in way(editor, tmp_path)
    assert Image.objects.count() == 1
