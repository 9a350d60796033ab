"""What stands between a text and its publication."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.utils import timezone

from articles import checklist, page_weight
from articles.checklist import ADVISORY, BLOCKING, blocking, checks
from articles.models import Article, Image, Redirect, Section, Snapshot
from tests import make
from tests.newsroom import picture

pytestmark = pytest.mark.django_db

WORDS = "word " * 149
VIDEO = '<figure data-embed="youtube" data-id="dQw4w9WgXcQ">{}</figure>'


@dataclass
class Case:
    """A text that trips a check, and one beside it that does not. `ready` makes what they need;
    what it returns fills the blanks of both."""

    key: str
    trips: dict[str, object]
    passes: dict[str, object]
    field: str = ""
    ready: Callable[[], object] = str


def lead(**fields: object) -> Callable[[], Image]:
    def ready() -> Image:
        image = picture(credit="Ada Quill", caption="A surface")
        Image.objects.filter(pk=image.pk).update(**fields)
        return image

    return ready


def many_pictures() -> str:
    keys = []
    for number in range(40):
        row = Image(file="pictures/x.jpg", alt="A wall", width=2400, height=1600, caption="Wall")
        row.digest = str(number)
        keys.append(row)
    Image.objects.bulk_create(keys)
    return "".join(f'<figure data-image="{key}"></figure>' for key in ids())


def ids() -> list[int]:
    return list(Image.objects.values_list("pk", flat=True))


def linked(address: str, **fields: object) -> Callable[[], str]:
    def ready() -> str:
        make.article("Not out yet", slug="there", **fields)
        return address

    return ready


BLOCK = [
    Case("headline", {"headline": "  "}, {"headline": "Ports"}, "headline"),
    Case("slug", {"slug": "für alle"}, {"slug": "for_all-2"}, "slug"),
    Case("slug-taken", {"slug": "admin"}, {"slug": "admins"}, "slug"),
    Case("slug-taken", {"slug": "There"}, {"slug": "else"}, "slug", linked("")),
    Case("slug-taken", {"slug": "about"}, {"slug": "about-us"}, "slug"),
    Case("lead-alt", {"lead_image": "{}"}, {}, "lead_image", lead(alt=" ")),
    Case("lead-credit", {"lead_image": "{}"}, {}, "lead_image", lead(credit="")),
    Case(
        "lead-licence",
        {"lead_image": "{}"},
        {},
        "lead_image",
        lead(licence_expires="2020-01-31"),
    ),
    Case(
        "body-licence",
        {"body": '<p>a</p><figure data-image="{}"></figure>'},
        {"lead_image": None, "body": "<p>a</p>"},
        "body",
        lead(licence_expires="2020-01-31"),
    ),
    Case("embargo", {"embargoed_until": 1}, {"embargoed_until": -1}, "embargoed_until"),
]
ADVISE = [
    Case("deck", {"deck": ""}, {"deck": "Who pays?"}, "deck"),
    Case("section", {"section": None}, {}, "section"),
    Case("headline-length", {"headline": "x" * 81}, {"headline": "x" * 80}, "headline"),
    Case("dead-links", {"body": '<p><a href="/gone/">x</a></p>'}, {}, "body"),
    Case(
        "dead-links",
        {"body": '<p><a href="/there/">x</a></p>'},
        {"body": '<p><a href="/about/">x</a></p>'},
        "body",
        linked("", minutes_ago=None),
    ),
    Case("page-weight", {"body": "{}"}, {"body": "<p>Short</p>"}, "body", many_pictures),
    Case(
        "untitled-figures",
        {"body": VIDEO.format("")},
        {"body": VIDEO.format("<figcaption>A film</figcaption>")},
        "body",
    ),
    Case(
        "untitled-figures",
        {"body": '<figure data-image="{}"></figure>'},
        {"body": '<figure data-image="{}"><figcaption>Ours</figcaption></figure>'},
        "body",
        lead(caption=""),
    ),
    Case(
        "long-paragraphs",
        {"body": f"<p>{WORDS}two more.</p>"},
        {"body": f'<p>{WORDS}one.<small class="footnote">And a note.</small></p>'},
        "body",
    ),
    Case(
        "file-names",
        {"lead_image": "{}"},
        {"lead_image": None},
        "lead_image",
        lead(alt="IMG_1234.JPG"),
    ),
    Case(
        "file-names",
        {"body": '<figure data-image="{}"></figure>'},
        {"body": "<p>None</p>"},
        "body",
        lead(alt="DSC01234"),
    ),
]
QUOTES = [
    ("He said “no.", "He said “no”."),
    ("He said no”.", "It’s the dogs’ dinner."),
    ('A "straight one', 'A "straight" one, 6" wide'),
    ("‘Single", "‘It’s the dogs’ dinner’"),
    ("« Bonjour", "« Bonjour » and »Guten Tag«"),
    ("„Guten Tag", "„Guten ‚lieben‘ Tag“ and „polski”"),
    ("“One ‘two” three’", "“One ‘two’ three”"),
]
DASHES = [
    ("It came - late", "A well-known 3-2 win"),
    ("It came -- late", "It came — late"),
    ("It came — late – again", "In 1990–95 — a US–China race"),
    ("It came – late—again", "It came – late – again"),
]
SPACES = [("Two  spaces", "One space"), ("Two \xa0spaces", "One\xa0space")]
ADVISE += [
    Case(key, {"body": f"<p>{wrong}</p>"}, {"body": f"<p>{right}</p>"}, "body")
    for key, pairs in (
        ("quotation-marks", QUOTES),
        ("mixed-dashes", DASHES),
        ("doubled-spaces", SPACES),
    )
    for wrong, right in pairs
]
ADVISE += [
    Case("quotation-marks", {"headline": "“Ports"}, {"headline": "“Ports”"}, "headline"),
    Case("mixed-dashes", {"deck": "Ports -- who pays?"}, {"deck": "Ports: who pays?"}, "deck"),
    Case("doubled-spaces", {"lead_caption": "A  b"}, {"lead_caption": "A b"}, "lead_caption"),
]


def fine() -> Snapshot:
    """A text to which nobody has anything to say."""
    section = Section.objects.get(slug="africa")
    return Snapshot("Ports", "Who pays?", "ports", "<p>Text.</p>", section=section.pk)


def judged(changes: dict[str, object], ready: object) -> dict[str, checklist.Check]:
    """The checks that trip, by key, on a text that is fine apart from these changes."""
    changes = dict(changes)
    hours = changes.pop("embargoed_until", None)
    until = timezone.now() + timedelta(hours=hours) if hours else None
    key = ready.pk if isinstance(ready, Image) else ready
    for name, value in changes.items():
        if value == "{}" or (isinstance(value, str) and '"{}"' in value):
            changes[name] = key if value == "{}" else value.format(key)
    article = Article(embargoed_until=until)
    found = {check.key: check for check in checks(article, replace(fine(), **changes))}
    blocked = {check.key for check in blocking(article, replace(fine(), **changes))}
    assert blocked == {key for key, check in found.items() if check.is_blocking}
    return found


@pytest.mark.parametrize("case", BLOCK + ADVISE, ids=lambda case: case.key)
def test_a_check_finds_what_is_wrong_and_nothing_else(case):
    """One text trips exactly this check, the other none; each says where it is to be mended."""
    ready = case.ready()
    found = judged(case.trips, ready)
    allowed = {case.key, *({"untitled-figures"} if case.key == "file-names" else ())}
    assert set(found) <= allowed, found
    check = found[case.key]
    assert check.is_blocking is (case in BLOCK)
    assert (check.field, check.what[-1] in ".”", check.remedy[-1]) == (case.field, True, ".")
    assert case.key not in judged(case.passes, ready)


def test_every_check_is_in_the_table():
    """As the issues name them: eight that block and eleven that advise."""
    assert {case.key for case in BLOCK} == names(BLOCKING)
    assert {case.key for case in ADVISE} == names(ADVISORY)
    assert (len(BLOCKING), len(ADVISORY)) == (8, 11)


def names(group) -> set[str]:
    return {check.__name__.replace("_", "-") for check in group}


def test_a_fine_text_has_nothing_to_be_said():
    assert checks(Article(), fine()) == []


def test_blocking_points_stand_first():
    found = checks(Article(), Snapshot(body="<p>One  two</p>"))
    assert [check.key for check in found] == ["headline", "deck", "section", "doubled-spaces"]


def test_an_article_may_keep_its_own_slug():
    article = make.article(slug="ports")
    assert blocking(article, fine()) == []


def test_a_quotation_of_several_paragraphs_is_closed_in_the_last():
    """Each of them opens it again, as print does."""
    long = "<p>“First.</p><p>“Second.</p><p>“Third.”</p>"
    assert checks(Article(), replace(fine(), body=long)) == []
    broken = long.replace("”", "")
    assert [c.key for c in checks(Article(), replace(fine(), body=broken))] == ["quotation-marks"]


def test_words_are_judged_line_by_line():
    """An item is not judged again with the list around it."""
    body = "<ul><li>One”<ul><li>“Two”</li></ul></li></ul><blockquote><p>A  b</p></blockquote>"
    found = checks(Article(), replace(fine(), body=body))
    assert [(check.key, check.what.partition(" has")[0]) for check in found] == [
        ("quotation-marks", "“One’”"),
        ("doubled-spaces", "“A b”"),
    ]


def test_many_slips_of_a_kind_are_three_lines_and_a_number():
    """So that the list can be read."""
    body = "".join(f'<p><a href="/gone-{number}/">x</a></p>' for number in range(9))
    found = checks(Article(), replace(fine(), body=body))
    assert len(found) == 4
    assert found[-1].what == "6 more dead links."


def test_a_checklist_takes_six_queries_at_most(django_assert_max_num_queries):
    """However many links and pictures a text has."""
    images = [picture(credit="Ada Quill", caption="x")] * 9
    for number in range(9):
        Redirect.objects.set_target(f"/old-{number}/", make.article())
    addresses = [
        *(f"/gone-{number}/" for number in range(30)),
        *(f"/old-{number}/" for number in range(9)),
        *("/section/africa/", "/author/x/", "/tag/x/", "/format/x/", "/series/x/", "/about/"),
    ]
    body = "".join(f'<p><a href="{address}">x</a></p>' for address in addresses)
    body += "".join(f'<figure data-image="{image.pk}"></figure>' for image in images)
    text = replace(fine(), body=body, lead_image=images[0].pk)
    with django_assert_max_num_queries(6):
        assert len(checks(Article(), text)) == 4


def test_the_weight_counts_what_a_phone_fetches(settings):
    """A picture in the size of a phone, the text packed, embeds not before the click."""
    image = picture()
    image.renditions = {"full": {"avif": [[w, w // 2, "x"] for w in (320, 800, 1920)]}}
    assert page_weight.estimate("", []) == page_weight.FRAME
    assert page_weight.image_weight(image) == 800 * 400 * page_weight.BYTES_PER_DOT
    assert page_weight.estimate(
        "x" * 3000, [image]
    ) == page_weight.FRAME + 1000 + page_weight.image_weight(image)
