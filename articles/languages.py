"""Languages of texts and names, as tags of BCP 47: `ar`, `pt-BR`, `zh-Hant`."""

import re

from django.core.exceptions import ValidationError

LONGEST = 35  # letters of a tag that RFC 5646 (4.4.1) asks everybody to keep

# RFC 5646, 2.1, without the tags that were registered before it.
TAG = re.compile(
    r"""(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})  # language
    (?:-[a-z]{4})?                                   # script
    (?:-(?:[a-z]{2}|[0-9]{3}))?                      # region
    (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*         # variants
    (?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*              # extensions
    (?:-x(?:-[a-z0-9]{1,8})+)?                       # private use
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)

# What forms offer, by their English names; an import may bring any other.
LANGUAGES = {
    "af": "Afrikaans",
    "sq": "Albanian",
    "am": "Amharic",
    "ar": "Arabic",
    "hy": "Armenian",
    "az": "Azerbaijani",
    "be": "Belarusian",
    "bn": "Bengali",
    "bs": "Bosnian",
    "bg": "Bulgarian",
    "my": "Burmese",
    "ca": "Catalan",
    "zh-Hans": "Chinese, simplified",
    "zh-Hant": "Chinese, traditional",
    "hr": "Croatian",
    "cs": "Czech",
    "da": "Danish",
    "prs": "Dari",
    "nl": "Dutch",
    "en": "English",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "ka": "Georgian",
    "de": "German",
    "el": "Greek",
    "ht": "Haitian Creole",
    "ha": "Hausa",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "is": "Icelandic",
    "id": "Indonesian",
    "ga": "Irish",
    "it": "Italian",
    "ja": "Japanese",
    "kk": "Kazakh",
    "km": "Khmer",
    "ko": "Korean",
    "ku": "Kurdish, Kurmanji",
    "ckb": "Kurdish, Sorani",
    "lv": "Latvian",
    "lt": "Lithuanian",
    "mk": "Macedonian",
    "ms": "Malay",
    "mn": "Mongolian",
    "ne": "Nepali",
    "no": "Norwegian",
    "ps": "Pashto",
    "fa": "Persian",
    "pl": "Polish",
    "pt": "Portuguese",
    "pt-BR": "Portuguese, Brazil",
    "ro": "Romanian",
    "ru": "Russian",
    "sr": "Serbian",
    "si": "Sinhala",
    "sk": "Slovak",
    "sl": "Slovene",
    "so": "Somali",
    "es": "Spanish",
    "sw": "Swahili",
    "sv": "Swedish",
    "tg": "Tajik",
    "ta": "Tamil",
    "th": "Thai",
    "bo": "Tibetan",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "ug": "Uyghur",
    "uz": "Uzbek",
    "vi": "Vietnamese",
    "cy": "Welsh",
    "yo": "Yoruba",
    "zu": "Zulu",
}


def validate_language(tag: str) -> None:
    if len(tag) > LONGEST or not TAG.fullmatch(tag):
        raise ValidationError(
            "“%(tag)s” is no tag of a language, such as ar, pt-BR or zh-Hant.",
            code="invalid",
            params={"tag": tag[: LONGEST + 5]},
        )


def language_in_words(tag: str) -> str:
    """Return the English name of a language; the tag itself where it is none of ours."""
    return LANGUAGES.get(tag, tag)
