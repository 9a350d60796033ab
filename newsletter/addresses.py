"""Mail addresses: what is one, when two are the same, and what stands for one in the database."""

import hashlib
import hmac

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from .models.letterhead import Letterhead


class NotAnAddress(ValueError):
    """A text that is no e-mail address; the message tells the person who typed it why."""


def read(typed: str) -> ValidatedEmail:
    """Return the parts of an address, without a look-up. Raises NotAnAddress."""
    try:
        return validate_email(typed.strip(), check_deliverability=False)
    except EmailNotValidError as fault:
        raise NotAnAddress(str(fault)) from None


def cleaned(typed: str) -> str:
    """Return an address as people are shown it: its host in lower case and, if it has letters
    beyond ASCII, spelled with them. Raises NotAnAddress."""
    return read(typed).normalized


def ascii_of(address: str) -> str | None:
    """Return an address as every mail server takes it, its host in ASCII by IDNA 2008 (RFC 5891).
    Django would spell some hosts by IDNA 2003, which is another host: `straße.de` there is
    `strasse.de`. None if the part before the @ has letters beyond ASCII, for which few servers have
    a way (RFC 6531)."""
    return read(address).ascii_email


def key_of(address: str) -> str:
    """Return one text for every spelling of a person's address: in any case, its host in its own
    letters or in ASCII (RFC 5891). By RFC 5321 the part before the @ may differ in case alone; no
    provider lets it."""
    return key_of_parts(read(address))


def key_of_parts(parts: ValidatedEmail) -> str:
    return f"{parts.local_part.casefold()}@{parts.ascii_domain.lower()}"


# Hosts that are names of one mail service, and what a service leaves out of the part before the @.
SAME_HOST = {
    **dict.fromkeys(("googlemail.com",), "gmail.com"),
    **dict.fromkeys(("protonmail.com", "protonmail.ch", "pm.me"), "proton.me"),
    **dict.fromkeys(("me.com", "mac.com"), "icloud.com"),
    **dict.fromkeys(("yandex.com", "yandex.by", "yandex.kz", "ya.ru"), "yandex.ru"),
}
IGNORED = {"gmail.com": ".", "proton.me": ".-_", "yandex.ru": ".-"}
# Where a host below the service's own names the mailbox, and what stands before the @ nothing.
NAMED_BY_HOST = ("fastmail.com", "fastmail.fm", "fastmail.net", "fastmail.org")
# Where a hyphen begins what others write after a plus sign.
HYPHEN_TAGS = ("yahoo.", "ymail.com", "rocketmail.com")


def mailbox_of(address: str) -> str:
    """Return one text for every spelling that reaches the same mailbox: without a tag after a plus
    sign, and without what the provider leaves out. A guess, by which people may be counted; never
    one by which they are known."""
    local, _, host = key_of(address).rpartition("@")
    host = SAME_HOST.get(host, host)
    name, _, service = host.partition(".")
    if service in NAMED_BY_HOST:
        local, host = name, service
    base = local.partition("+")[0]
    if host.startswith(HYPHEN_TAGS):
        base = base.partition("-")[0]
    plain = base.translate(dict.fromkeys(map(ord, IGNORED.get(host, ""))))
    return f"{plain or local}@{host}"


# Below these the next part of a host's name belongs to somebody, and not these themselves: of the
# Public Suffix List (publicsuffix.org, its ICANN part), for the countries from which most mail
# comes, as of November 2026. Where it lacks a suffix, the owners below that one are counted
# together, and no owner of a domain can be counted twice.
SUFFIXES = {
    f"{label}.{country}"
    for country, labels in {
        "ar": "com edu gob gov int mil net org tur",
        "at": "ac co gv or",
        "au": "asn com edu gov id net org",
        "br": "adv art blog com edu eng gov ind inf jor med mil net org pro",
        "cn": "ac com edu gov mil net org",
        "co": "com edu gov mil net nom org",
        "eg": "com edu gov mil net org sci",
        "es": "com edu gob nom org",
        "fr": "asso com gouv nom",
        "gr": "com edu gov net org",
        "hk": "com edu gov idv net org",
        "id": "ac biz co desa go mil my net or sch web",
        "il": "ac co gov idf k12 muni net org",
        "in": "ac co edu firm gen gov ind mil net nic org res",
        "ir": "ac co gov id net org sch",
        "jp": "ac ad co ed go gr lg ne or",
        "ke": "ac co go info me mobi ne or sc",
        "kr": "ac co es go hs kg mil ms ne or pe re sc",
        "mx": "com edu gob net org",
        "my": "com edu gov mil name net org",
        "ng": "com edu gov mil mobi name net org sch",
        "nz": "ac co cri geek gen govt health iwi kiwi maori mil net org school",
        "pe": "com edu gob mil net nom org",
        "ph": "com edu gov mil net ngo org",
        "pk": "biz com edu fam gob gov net org web",
        "pl": "com edu gov info net org waw",
        "pt": "com edu gov int nome org publ",
        "rs": "ac co edu gov in org",
        "sg": "com edu gov net org per",
        "th": "ac co go in mi net or",
        "tr": "av bel biz com dr edu gen gov info k12 mil name net org pol tel web",
        "tw": "club com ebiz edu game gov idv mil net org",
        "tz": "ac co go me mil ne or sc",
        "ua": "com edu gov in kiev kyiv lviv net odessa org",
        "ug": "ac co com go ne or org sc",
        "uk": "ac co gov ltd me net nhs org plc police sch",
        "uy": "com edu gub mil net org",
        "vn": "ac com edu gov health info int name net org pro",
        "za": "ac co edu gov law mil net nom org school web",
    }.items()
    for label in labels.split()
}


def domain_of(address: str) -> str:
    # Who owns a domain names as many hosts below it as they like. A guess, to count mails by.
    labels = key_of(address).rpartition("@")[2].split(".")
    return ".".join(labels[-3 if ".".join(labels[-2:]) in SUFFIXES else -2 :])


def digest_of(address: str, secret: str = "") -> str:
    """Return 64 hex digits that stand for an address where it may not be kept itself. Nobody
    without the letterhead's secret can make them from a list of addresses (HMAC-SHA256). Pass
    `secret` when hashing many addresses, to fetch it only once."""
    return digest_of_key(key_of(address), secret or Letterhead.objects.current().secret)


def digest_of_key(key: str, secret: str) -> str:
    return hmac.new(bytes.fromhex(secret), key.encode(), hashlib.sha256).hexdigest()
