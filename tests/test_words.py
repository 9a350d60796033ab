"""The vocabulary: names that the code gave up for the field's own words stay away."""

from tests import structure

# What each was before its standard word. They are names of modules, classes, functions, constants
# and fields; in sentences the words are free.
GIVEN_UP = frozenset(
    {
        *(
            "Act",
            "acts",
            "Addressed",
            "arrangement",
            "BACK",
            "Blame",
            "built",
            "call_off",
            "Carrier",
        ),
        *("change_at", "change_is_substantive", "coming", "concerns", "darkroom", "deciding"),
        *(
            "DESKS",
            "developed",
            "dress",
            "Edition",
            "elsewhere",
            "errands",
            "findings",
            "first_page",
        ),
        *("fit_for", "furniture", "held", "hindrance", "hold", "image_words", "Instead"),
        *(
            "is_in_step",
            "keep_house",
            "Kept",
            "learn_from",
            "let_in_again",
            "letter",
            "link_report",
        ),
        *(
            "Linking",
            "look_around",
            "Mail",
            "MailLink",
            "moving",
            "newsroom",
            "Notice",
            "of_silence",
        ),
        *("OUT_OF_STEP", "Parcel", "people", "plain", "point", "Print", "Proof", "prove"),
        *("put_aside", "released", "rests", "RootAddressed", "round_up", "say", "settle", "sign"),
        *("sign_of_life", "signed_by", "standing", "surroundings", "swap", "take_links"),
        *(
            "take_teaser",
            "Told",
            "told",
            "unsaved",
            "Verdict",
            "Watch",
            "watching",
            "with_change_waiting",
        ),
        *("with_text_waiting", "written"),
    }
)


def test_no_private_word_came_back():
    """The standard words of Django, Wagtail, SMTP and the newsroom are what a search finds."""
    names = list(structure.defined_names())
    assert len(names) > 4_000
    assert [f"{name} in {where}" for name, where in names if name in GIVEN_UP] == []


def test_an_address_of_a_page_is_called_its_url():
    """In the editorial code and in the project; the newsletter's addresses are those of mail."""
    names = [
        f"{name} in {where}"
        for name, where in structure.defined_names()
        if "address" in name.lower() and where.startswith(("articles", "magazine"))
    ]
    assert [name for name in names if not name.startswith(("POSTAL_", "MAIL_"))] == []
