"""Manuscripts made by chance, each from a seed, of every construction that the reader knows.

Each word stands once and is a word of no other place: what became of it can be looked up.
"""

import random
from dataclasses import dataclass, field

from tests.articles.docx_files import cell, docx, mark, p, reference, row, run, styles

STYLES_OF_TEXT = ("", "", "", "", "berschrift1", "berschrift2", "Zitat", "Liste", "Verzeichnis1")
LOOKS = ("", "", "<w:b/>", "<w:i/>", '<w:rStyle w:val="Fett"/>', '<w:color w:val="FF0000"/>')
BREAKS = (
    "<w:br/>",
    "<w:cr/>",
    '<w:br w:type="page"/>',
    '<w:br w:type="column"/>',
    "<w:tab/>",
    '<w:ptab w:alignment="left"/>',
    '<w:sym w:font="Wingdings" w:char="F0E0"/>',
)
MATH = "<m:oMath><m:f><m:num>{}</m:num><m:den>{}</m:den></m:f></m:oMath>"
MARKS = (
    '<w:bookmarkStart w:id="1"/>',
    '<w:bookmarkEnd w:id="1"/>',
    '<w:proofErr w:type="spellStart"/>',
    '<w:permStart w:id="1"/>',
)


@dataclass
class Generated:
    """A file with the words that have to be in the draft or the report, and those that must not."""

    random: random.Random
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    chunks: list[str] = field(default_factory=list)
    count: int = 0

    def word(self, *, gone: bool = False) -> str:
        self.count += 1
        word = f"w{self.count}{'gone' if gone else 'kept'}"
        (self.gone if gone else self.kept).append(word)
        return word

    # Inside of a paragraph

    def words(self) -> str:
        return " ".join(self.word() for _ in range(self.random.randint(1, 3)))

    def run(self) -> str:
        return run(self.words(), self.random.choice(LOOKS))

    def inline(self, depth: int = 0) -> str:
        """Something between two blanks, so that a run beside it is another word."""
        kinds = [self.run, self.broken, self.link, self.field, self.hidden, self.deleted]
        kinds += [
            self.note,
            self.comment,
            self.box,
            self.equation,
            self.ruby,
            self.unended,
            self.mark,
        ]
        made = self.random.choice(kinds)()
        if depth < 3 and self.random.random() < 0.3:
            made = self.held(made + run(" ") + self.inline(depth + 1))
        return made

    def held(self, inner: str) -> str:
        return self.random.choice(
            (
                "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
                '<w:customXml w:element="x">{}</w:customXml>',
                '<w:ins w:id="1" w:author="Bo">{}</w:ins>',
                '<w:moveTo w:id="1">{}</w:moveTo>',
                '<mc:AlternateContent><mc:Choice Requires="x">{}</mc:Choice></mc:AlternateContent>',
                "<w:odd>{}</w:odd>",
            )
        ).format(inner)

    def broken(self) -> str:
        inner = self.random.choice(BREAKS)
        return f"<w:r><w:t>{self.word()}</w:t>{inner}<w:t>{self.word()}</w:t></w:r>"

    def link(self) -> str:
        key = self.random.choice(("l1", "none"))
        return f'<w:hyperlink r:id="{key}">{self.run()}</w:hyperlink>'

    def field(self) -> str:
        code = self.random.choice(('HYPERLINK "https://example.org/"', "PAGE", "TOC", "REF x"))
        return (
            f"{mark('begin')}<w:r><w:instrText>{code}</w:instrText></w:r>{mark('separate')}"
            f"{self.run()}{mark('end')}"
        )

    def unended(self) -> str:
        code = (
            f'{mark("begin")}<w:r><w:instrText>HYPERLINK "https://example.org/"</w:instrText></w:r>'
        )
        return self.random.choice((code + mark("separate"), code, mark("end"), mark("separate")))

    def hidden(self) -> str:
        style = self.random.choice(("<w:vanish/>", '<w:rStyle w:val="Secret"/>'))
        return run(self.word(gone=True), style)

    def deleted(self) -> str:
        return f"<w:del>{run(self.word(gone=True))}{self.random.choice(('', mark('end')))}</w:del>"

    def note(self) -> str:
        self.notes.append(p(self.words()) + p(self.words()))
        # Some notes have no mark in the text.
        return reference("footnote", len(self.notes)) if self.random.random() < 0.8 else ""

    def comment(self) -> str:
        self.comments.append(p(self.words()))
        key = len(self.comments)
        return f'<w:commentRangeStart w:id="{key}"/><w:commentRangeEnd w:id="{key}"/>' * (
            self.random.random() < 0.7
        )

    def box(self) -> str:
        inner = f"<w:txbxContent>{p(self.words())}{p(self.words())}</w:txbxContent>"
        return f"<w:r><w:pict>{inner}</w:pict></w:r>"

    def equation(self) -> str:
        return MATH.format(*(f"<m:r><m:t>{self.word()}</m:t></m:r>" for _ in range(2)))

    def ruby(self) -> str:
        aid, base = self.run(), self.run()
        return f"<w:ruby><w:rt>{aid}</w:rt><w:rubyBase>{base}</w:rubyBase></w:ruby>"

    def mark(self) -> str:
        return self.random.choice(MARKS)

    # Blocks

    def paragraph(self) -> str:
        content = run(" ").join(self.inline() for _ in range(self.random.randint(0, 4)))
        inside = self.random.choice(("", "", "", '<w:rPr><w:del w:id="9"/></w:rPr>'))
        number = self.random.choice((None, None, None, (1, 0), (2, 0), (3, 1), (4, 0)))
        return p(content, style=self.random.choice(STYLES_OF_TEXT), number=number, inside=inside)

    def drop_cap(self) -> str:
        word = self.word()
        frame = '<w:framePr w:dropCap="drop"/>'
        return p(run(word[0]), inside=frame) + p(run(word[1:]), run(" "), self.run())

    def stray(self) -> str:
        return run(" ") + self.run() + run(" ")

    def gone_block(self) -> str:
        return f"<w:moveFrom>{p(run(self.word(gone=True)))}</w:moveFrom>"

    def chunk(self) -> str:
        self.chunks.append(f"<p>{self.words()}</p><p>{self.words()}</p>")
        return f'<w:altChunk r:id="chunk{len(self.chunks)}"/>'

    def table(self) -> str:
        rows = "".join(self.row() for _ in range(self.random.randint(1, 3)))
        return f"<w:tbl><w:tblPr/>{rows}</w:tbl>"

    def row(self) -> str:
        if self.random.random() < 0.1:
            return row(cell(p(run(self.word(gone=True)))), properties="<w:del/>")
        cells = [self.cell() for _ in range(self.random.randint(1, 3))]
        made = row(*cells)
        return self.holder().format(made) if self.random.random() < 0.2 else made

    def cell(self) -> str:
        merge = self.random.choice(("", "", "", "<w:vMerge/>", '<w:vMerge w:val="restart"/>'))
        depth = 2 if self.random.random() < 0.1 else 3
        blocks = [self.block(depth) for _ in range(self.random.randint(1, 2))]
        made = cell(*blocks, properties=merge)
        return self.holder().format(made) if self.random.random() < 0.2 else made

    def holder(self) -> str:
        return self.random.choice(
            (
                "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>",
                '<w:customXml w:element="x">{}</w:customXml>',
                '<w:ins w:id="1">{}</w:ins>',
                '<mc:AlternateContent><mc:Choice Requires="x">{}</mc:Choice></mc:AlternateContent>',
            )
        )

    def block(self, depth: int = 0) -> str:
        kinds = [self.paragraph] * 6 + [self.drop_cap, self.gone_block, self.stray, self.chunk]
        if depth < 3:
            kinds += [self.table] * 2
        made = self.random.choice(kinds)()
        if depth < 3 and self.random.random() < 0.25:
            made = self.random.choice((self.holder(), "<w:odd>{}</w:odd>")).format(
                made + self.block(depth + 1)
            )
        return made


SECRET = '<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'


def generate(seed: int) -> tuple[bytes, Generated]:
    made = Generated(random.Random(seed))
    blocks = [made.block() for _ in range(made.random.randint(1, 8))]
    story = "".join(blocks)
    notes = "".join(f'<w:footnote w:id="{n}">{t}</w:footnote>' for n, t in enumerate(made.notes, 1))
    remarks = "".join(
        f'<w:comment w:id="{n}" w:author="Bo">{t}</w:comment>'
        for n, t in enumerate(made.comments, 1)
    )
    data = docx(
        story,
        parts={
            "styles": styles() + SECRET,
            "footnotes": notes,
            "comments": remarks,
            "header": p(made.words()),
        },
        links={"l1": "https://example.org/one"},
        chunks={f"chunk{number}": text.encode() for number, text in enumerate(made.chunks, 1)},
    )
    return data, made
