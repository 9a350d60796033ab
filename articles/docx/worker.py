"""The child program that reads a manuscript: no other code looks into the file.

It is run within limits (`articles.child_process`), in a folder of its own that holds the file as
`upload`. It knows neither settings nor the database: each picture becomes a file `picture-N` beside
the upload, and stands in the text under the key -N, which no row has. What it prints is one line of
JSON: the manuscript, or {"refused": a sentence for the editor}.
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from django.core.files.base import File

from articles import prose
from articles.docx import Changes, Package, Picture, Report, Unreadable, read

# Letters of the answer. The process that takes it up has no limit of its own.
LONGEST_ANSWER = 8_000_000


def manuscript(changes: Changes) -> dict[str, Any]:
    pictures: list[dict[str, Any]] = []

    def keep(picture: Picture, report: Report) -> int:
        Path(f"picture-{picture.number}").write_bytes(picture.data)
        pictures.append({
            "number": picture.number, "description": picture.description, "crop": picture.crop,
        })  # fmt: skip
        return -picture.number

    with Path("upload").open("rb") as file:
        found = read(Package(File(file)), changes, keep)
    if too_long := prose.excess(found.body):
        raise Unreadable(too_long)
    return {**vars(found), "report": found.report.to_json(), "pictures": pictures}


def main() -> None:
    order = json.loads(sys.argv[1])
    try:
        answer = json.dumps(manuscript(Changes(order["changes"])))
        if len(answer) > LONGEST_ANSWER:
            raise Unreadable("The file holds far more than a manuscript does.")
    except Unreadable as refusal:
        answer = json.dumps({"refused": " ".join(map(str, refusal.messages))})
    except MemoryError:
        answer = json.dumps({"refused": "The file needs too much memory to be read."})
    print(answer)


if __name__ == "__main__":
    main()
