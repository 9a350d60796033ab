"""For any manuscript, the words of the draft and of its report are the words of the file."""

import re

from articles import docx, prose
from articles.docx import Changes, Package
from articles.prose.tree import blocks, text_of
from tests.articles.docx_files import upload
from tests.articles.docx_generated import generate
from tests.articles.test_docx_reading import keep

WORD = re.compile(r"w\d+(?:kept|gone)")
DOCUMENTS = 300


def prose_of(body: str) -> list[str]:
    return [text_of(block) for block in blocks(prose.sanitize(body))]


def lost_and_joined(seed: int) -> tuple[list[str], list[str]]:
    """Words that are nowhere, twice or back again, and words that are joined to another, in a file
    and its report as the newsroom shows it."""
    data, made = generate(seed)
    found = docx.read(Package(upload(data)), Changes.ACCEPT, keep)
    told = found.report.as_data()
    # A heading in the middle is the headline and stays in its place, too.
    in_text = " ".join(prose_of(found.body)).split()
    texts = [" ".join(word for word in found.headline.split() if word not in in_text)]
    texts += [found.deck, *prose_of(found.body)]
    texts += [words for kind in told["dropped"] for words in kind["words"]]
    texts += [comment["words"] for comment in told["comments"]]
    words = [word for text in texts for word in re.split(r"[\s()]+", text) if WORD.search(word)]
    joined = [word for word in words if not WORD.fullmatch(word)]
    lost = sorted(set(made.kept) ^ set(words) | {word for word in words if words.count(word) > 1})
    return [word for word in lost if WORD.fullmatch(word)], joined


def test_no_word_of_a_generated_manuscript_is_lost_or_joined_to_another():
    """And none that its author deleted or hid comes back. Ten thousand: tests/benchmarks."""
    faults = {seed: fault for seed in range(DOCUMENTS) if any(fault := lost_and_joined(seed))}
    assert faults == {}


def test_the_generated_manuscripts_have_something_of_everything():
    files = [generate(seed)[1] for seed in range(DOCUMENTS)]
    assert sum(len(made.kept) for made in files) > 8_000
    assert sum(len(made.gone) for made in files) > 300
    for kind in ("notes", "comments", "chunks"):
        assert sum(len(getattr(made, kind)) for made in files) > 100
