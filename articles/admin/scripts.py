"""The scripts of the newsroom, as ES modules that import one another by their bare names."""

from django.forms import Script
from django_prose_editor.widgets import importmap
from js_asset import ImportMap

# A browser takes one map of a page; with it, a module finds the hashed file of another one.
IMPORT_MAP = importmap | ImportMap(
    {
        f"newsroom/{name}": f"newsroom/{name}.js"
        for name in (
            "base/dialogs",
            "base/fragments",
            "base/patch",
            "base/preview",
            "base/uploads",
            "editor/footnotes",
            "editor/image-files",
            "editor/nodes",
            "editor/paste",
            "editor/paste-links",
            "editor/paste-lists",
            "editor/paste-notes",
            "editor/paste-style",
            "editor/stored",
            "editor/toolbar",
            "image/choose",
            "image/words",
        )
    }
)


def module(name: str) -> Script:
    return Script(f"newsroom/{name}.js", type="module")
