"""The language of a text and of a name: who says it, and where a browser or a machine reads it."""

import re
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from lxml import html

from articles.comparing import compare, first_difference
from articles.languages import LANGUAGES, validate_language
from articles.models import Article, Author, Publication, Revision, Section, Snapshot
from tests import make
from tests.articles.test_admin_bulk import perform, words_of
from tests.articles.test_structured_data import facts_of
from tests.importing import piece, refuse, run, write
from tests.newsletter import issues
from tests.newsroom import ADD, change, errors, picture, typed

pytestmark = pytest.mark.django_db
AUTHORS = "/admin/articles/author/"


@pytest.mark.parametrize(
    "tag",
    [
        *("ar", "pt-BR", "zh-Hant-TW", "sr-Latn", "es-419", "de-CH-1996", "prs", "zh-cmn-Hans-CN"),
        *("sl-rozaj-biske-1994", "en-US-u-islamcal", "de-x-formal", *LANGUAGES),
    ],
)
def test_every_well_formed_tag_is_taken(tag):
    validate_language(tag)


@pytest.mark.parametrize(
    "tag",
    [
        *("", "x", "Arabic!", "en_US", "e n", "ar-", "-ar", "ar--EG", "de-419-DE", "a-DE", "ar\n"),
        *(
            "en-abcdefghi",
            '"><script>',
            "x" * 9,
            "de" + "-abcdefgh" * 4,
            "\N{CYRILLIC SMALL LETTER A}r",
            # Without regard to capitals these are letters of ASCII.
            "\N{KELVIN SIGN}o",
            "\N{LATIN SMALL LETTER LONG S}v",
        ),
    ],
)
def test_what_is_no_tag_is_refused(tag):
    with pytest.raises(ValidationError):
        validate_language(tag)


# In and out of the newsroom


def test_the_language_is_part_of_the_text_of_an_article(editor):
    """Typed, kept while typing, versioned, restored, merged and compared like every other field."""
    editor.post(ADD, typed(editor.get(ADD), headline="مستقبل", language="ar"))
    article = Article.objects.get()
    assert article.language == "ar"
    first = Revision.objects.get()
    assert first.content.language == "ar"

    page = editor.get(change(article))
    data = typed(page, language="fa", typed_at="1")
    assert data["base"] == str(first.pk)
    editor.post(f"/admin/articles/article/{article.pk}/autosave/", data)
    (kept,) = Revision.objects.filter(kind="autosaved")
    assert kept.content.language == "fa"
    assert first_difference(first.content, kept.content) == "Language: “Persian”"
    editor.post(change(article), data)
    article.refresh_from_db()
    assert article.language == "fa"
    versions = editor.get(f"/admin/articles/article/{article.pk}/history/").content.decode()
    assert "Changed: Language" in versions

    first.restore(article, page.wsgi_request.user)
    article.refresh_from_db()
    assert article.language == "ar"


def test_a_language_of_a_colleague_is_merged(editor, chief):
    article = make.article("One", minutes_ago=None)
    first, second = (typed(one.get(change(article))) for one in (editor, chief))
    editor.post(change(article), {**first, "language": "ko"})
    chief.post(change(article), {**second, "deck": "A deck"})
    article.refresh_from_db()
    assert (article.language, article.deck) == ("ko", "A deck")


def test_two_languages_are_told_by_their_names(editor, chief):
    article = make.article("One", minutes_ago=None)
    first, second = (typed(one.get(change(article))) for one in (editor, chief))
    editor.post(change(article), {**first, "language": "ko"})
    answer = chief.post(change(article), {**second, "language": "vi"}, follow=True)
    text = answer.content.decode()
    assert "Korean" in text
    assert "Vietnamese" in text
    (field,) = compare(Snapshot(language="ko"), Snapshot(language="de-x-formal")).changed
    assert (field.was, field.now) == ("Korean", "de-x-formal")
    (field,) = compare(Snapshot(), Snapshot(language="ko")).changed
    assert (field.was, field.now) == (None, "Korean")


def test_the_form_offers_languages_and_keeps_one_that_it_does_not_offer(editor):
    article = make.article("One", minutes_ago=None, language="de-CH-1996")
    page = editor.get(change(article))
    (select,) = html.fromstring(page.content).xpath('//select[@name="language"]')
    offered = [option.get("value") for option in select.iter("option")]
    assert len(offered) == len(LANGUAGES) + 2
    assert select.xpath("option[@selected]/@value") == ["de-CH-1996"]
    editor.post(change(article), typed(page, deck="New"))
    article.refresh_from_db()
    assert (article.deck, article.language) == ("New", "de-CH-1996")
    page = editor.post(change(article), typed(editor.get(change(article)), language="en_US"))
    assert "“en_US” is no tag of a language" in errors(page)["language"][0]


def test_what_no_language_can_be_does_not_come_back_with_an_old_version():
    article = make.article("One", language="ko")
    text = Revision.objects.newest(article).content
    assert replace(text, language="<b>").valid_for(article, instead=text).language == "ko"


def test_many_articles_get_a_language_at_once(editor):
    one, two = make.article("One", minutes_ago=None), make.article("Two", language="ar")
    perform(editor, "language", one, two, language="ar")
    one.refresh_from_db()
    assert one.language == "ar"
    assert words_of(one) == ["Language: Arabic."]
    assert words_of(two) == []
    perform(editor, "language", one, language="")
    one.refresh_from_db()
    assert one.language == ""
    perform(editor, "language", one, language="no such")
    one.refresh_from_db()
    assert one.language == ""


def test_an_import_knows_the_language(tmp_path):
    run(write(tmp_path, piece(image=None, language="pt-BR")))
    assert Article.objects.get().language == "pt-BR"
    run(write(tmp_path, piece(image=None)))
    assert Article.objects.get().language == "pt-BR"
    assert "language" in run(write(tmp_path, piece(image=None, language="")))
    assert Article.objects.get().language == ""
    said = refuse(write(tmp_path, piece(image=None, language="Portuguese (Brazil)")))
    assert "language: “Portuguese (Brazil)” is no tag of a language" in said


def test_a_publication_has_a_language(chief):
    address = "/admin/articles/publication/1/change/"
    page = chief.get(address)
    assert typed(page)["language"] == ["en"]
    chief.post(address, typed(page, language="es"))
    assert Publication.objects.current().language == "es"
    assert errors(chief.post(address, typed(page, language="")))["language"]


# What readers get


def langs(client, address: str) -> dict[str, str | None]:
    """The language of each element that has a class or an id, by the nearest that names one."""
    page = html.fromstring(client.get(address).content)
    found = {}
    for element in page.iter():
        for name in (element.get("class") or "").split() if isinstance(element.tag, str) else ():
            near = element.xpath("ancestor-or-self::*[@lang][1]/@lang")
            found.setdefault(name, near[0] if near else None)
    return found


@pytest.fixture
def arabic(db) -> Article:
    Publication.objects.update(language="fr", quick_takes=Section.objects.get(slug="europe"))
    return make.article(
        "مستقبل المفاوضات",
        slug="talks",
        deck="من يدفع؟",
        language="ar",
        minutes_ago=5,
        section=Section.objects.get(slug="europe"),
        author_note="ملاحظة",
        lead_caption="",
        authors=[make.author("Layla", slug="layla", bio="Writes.")],
        tags=["ports"],
    )


SURFACES = {
    "/talks/": {
        **dict.fromkeys(["article__headline", "article__deck", "article__body"], "ar"),
        **dict.fromkeys(["article__note", "rail__headline"], "ar"),
        **dict.fromkeys(["byline", "label", "signature", "article__bio", "menu"], "fr"),
    },
    "/": {"card__headline": "ar", "card__deck": "ar", "byline": "fr"},
    "/section/europe/": {
        **dict.fromkeys(["teaser__headline", "teaser__prose", "teaser__rest"], "ar"),
        **dict.fromkeys(["teaser__more", "byline"], "fr"),
    },
    "/author/layla/": {"teaser__headline": "ar", "listing__title": "fr"},
    "/tag/ports/": {"teaser__headline": "ar"},
    "/corrections/": {"correction__headline": "ar", "correction__title": "fr"},
    "/other/": {"article__headline": "fr", "article__body": "fr", "teaser__headline": "ar"},
    "/newsletter/issues/the-week-in-straits/": {"card__headline": "ar", "card__deck": "ar"},
}


@pytest.mark.parametrize("address", SURFACES)
def test_every_surface_says_in_which_language_words_are(client, chief, arabic, address):
    arabic.correct("correction", "تصحيح")
    make.article("Other", slug="other", minutes_ago=50)
    issues.sent(arabic, by=chief.get("/admin/").wsgi_request.user)
    found = langs(client, address)
    assert {name: found[name] for name in SURFACES[address]} == SURFACES[address]


def test_a_preview_says_it_before_it_is_public(editor, arabic):
    data = typed(editor.get(change(arabic)), language="fa", typed_at="1")
    editor.post(f"/admin/articles/article/{arabic.pk}/autosave/", data)
    address = f"/admin/articles/article/{arabic.pk}/preview/?session={data['session']}"
    assert langs(editor, address)["article__body"] == "fa"


def test_a_caption_of_ones_own_is_in_the_language_of_the_article(client, arabic):
    arabic.lead_image = picture(caption="A ferry")
    arabic.save()
    assert langs(client, "/talks/")["legend__caption"] == "fr"
    arabic.lead_caption = "عبّارة"
    arabic.save()
    assert langs(client, "/talks/")["legend__caption"] == "ar"


def test_machines_are_told_the_language(client, arabic):
    assert facts_of(client, arabic)["inLanguage"] == "ar"
    assert facts_of(client, make.article(slug="plain"))["inLanguage"] == "fr"


def test_the_mail_and_its_feed_say_it(client, chief, arabic):
    issue = issues.sent(arabic, by=chief.get("/admin/").wsgi_request.user)
    mail = html.fromstring(issue.html)
    assert mail.get("lang") == "fr"
    assert [one.get("lang") for one in mail.iter("h3")] == ["ar"]
    assert mail.xpath('//p[contains(@class, "summary") or @dir]/@lang')[0] == "ar"
    feed = client.get("/newsletter/feed.xml").content.decode()
    assert "<language>fr</language>" in feed
    assert re.search(r'lang="ar"', feed.replace("&quot;", '"'))


# Names


def test_an_author_has_two_names_on_their_page_and_the_latin_one_elsewhere(client):
    han = make.author("Han Seo-yun", slug="han-seoyun", own_name="한서윤", own_name_language="ko")
    article = make.article("Cables", slug="cables", authors=[han, make.author("Ada")])
    page = html.fromstring(client.get("/author/han-seoyun/").content)
    assert page.xpath("//h1")[0].text_content() == "Han Seo-yun"
    (own,) = page.find_class("listing__own-name")
    assert (own.text_content(), own.get("lang"), own.get("dir")) == ("한서윤", "ko", "auto")
    (byline,) = html.fromstring(client.get("/cables/").content).find_class("byline")
    assert "Han Seo-yun" in byline.text_content()
    assert "한서윤" not in byline.text_content()
    first, second = facts_of(client, article)["author"]
    assert (first["name"], first["alternateName"]) == ("Han Seo-yun", "한서윤")
    assert "alternateName" not in second
    page = client.get(article.byline[1].get_absolute_url()).content.decode()
    assert "listing__own-name" not in page


def test_both_names_are_found(editor):
    han = make.author("Han Seo-yun", own_name="한서윤")
    article = make.article("Cables", authors=[han], minutes_ago=None)
    make.article("Other", minutes_ago=None)
    source = "/admin/autocomplete/?app_label=articles&model_name=article&field_name=authors&term="
    for name in ("한서윤", "Seo-yun"):
        found = editor.get(source + name).json()["results"]
        assert [(row["id"], row["text"]) for row in found] == [(str(han.pk), "Han Seo-yun")]
        listed = editor.get(AUTHORS, {"q": name}).context["cl"].queryset
        assert list(listed) == [han]
        articles = editor.get("/admin/articles/article/", {"q": name}).context["cl"].queryset
        assert list(articles) == [article]


def test_an_import_knows_both_names(tmp_path):
    both = {"name": "Han Seo-yun", "own_name": "한서윤", "own_name_language": "ko"}
    run(write(tmp_path, piece(image=None, authors=["Ada Quill", both])))
    han = Author.objects.get(name="Han Seo-yun")
    assert (han.own_name, han.own_name_language) == ("한서윤", "ko")
    # By either name it is the same person, and what a file leaves out stays.
    run(write(tmp_path, piece(image=None, authors=["Ada Quill", {"name": "Han Seo-yun"}])))
    run(write(tmp_path, piece(2, image=None, authors=["한서윤"])))
    han.refresh_from_db()
    assert Article.objects.get(slug="strait-2").byline == [han]
    assert han.own_name == "한서윤"
    assert Author.objects.count() == 2


def test_an_own_name_that_two_have_is_refused_in_an_import(tmp_path):
    for name in ("kim-1", "kim-2"):
        make.author(name, own_name="김지우", slug=name)
    assert "2 authors are called “김지우”" in refuse(
        write(tmp_path, piece(image=None, authors=["김지우"]))
    )
    assert Author.objects.count() == 2


@pytest.mark.parametrize(
    ("author", "reason"),
    [
        ({"own_name": "한서윤"}, "name is empty"),
        ({"name": "Han", "alias": "x"}, "“alias” is not known in an author"),
        ({"name": "Han", "own_name_language": "Korean!"}, "is no tag of a language"),
        ({"name": "Han", "own_name": 3}, "own_name must be text"),
    ],
)
def test_an_author_of_a_file_that_is_wrong_is_refused(tmp_path, author, reason):
    assert reason in refuse(write(tmp_path, piece(image=None, authors=[author])))
    assert Author.objects.count() == 0
