"""Gateways that stand between a link and where it leads: who copies a link out of a mail, a page
of search results or a social network often copies theirs, which may tell who copied it and ends
with their service. Short addresses are none of them: only the service knows where those lead.
"""

import base64
import re
import string
from itertools import islice
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

# A gateway may lead to a gateway.
MOST_GATEWAYS = 5
LONGEST_URL = 8_000


class Gateway(NamedTuple):
    """`begins` is a pattern, for Python and JavaScript, of an address after its “https://”, without
    regard to capitals. The address behind it is the value of `parameter` or, if that is empty, what
    the group of the pattern holds. `form` says how it is written, beside percent-encoding."""

    begins: str
    parameter: str
    form: str = ""


PROOFPOINT = r"urldefense(\.proofpoint)?\.(com|us)"
CHECKPOINT = r"(?:url\.avanan\.click|protect\.checkpoint\.com)"
GOOGLE = r"((www|m|mail|plus\.url)\.)?google\.(com?\.)?[a-z]{2,3}"
META = r"(facebook|instagram|messenger|threads|workplace|meta)\.(com|net)"
WITHIN = r"(https?(?::|%3a).+)"
GATEWAYS = (
    # Protection of mail
    Gateway(r"([\w-]+\.)?safelinks\.protection\.(outlook\.com|office365\.us)/", "url"),
    Gateway(r"([\w-]+\.)?safelinks\.protection\.partner\.outlook\.cn/", "url"),
    Gateway(r"statics\.teams\.(cdn\.office\.net|microsoft\.com)/.*safelinks", "url"),
    Gateway(r"[\w-]+\.safelink\.emails\.azure\.net/redirect/?\?", "destination"),
    Gateway(rf"{PROOFPOINT}/v1/url\?", "u"),
    Gateway(rf"{PROOFPOINT}/v2/url\?", "u", "proofpoint-2"),
    Gateway(r"urldefense(?:\.proofpoint)?\.(?:com|us)/v3/__(.+?__;[^!]*)!", "", "proofpoint-3"),
    Gateway(r"linkprotect\.cudasvc\.com/url\?", "a"),
    Gateway(r"protect2?\.fireeye\.com/(v1/)?url\?", "u"),
    Gateway(r"scanmail\.trustwave\.com/", "u"),
    Gateway(r"[\w-]+\.trendmicro\.com/wis/clicktime/", "url"),
    Gateway(r"clicktime\.symantec\.com/", "u"),
    Gateway(r"clicktime\.cloud\.postoffice\.net/", "u"),
    Gateway(rf"secure-web\.cisco\.com/[^/?]+/{WITHIN}", ""),
    Gateway(r"[\w-]+\.protection\.sophos\.com/?\?", "u", "base64"),
    Gateway(rf"{CHECKPOINT}/v2/(?:r\d+/)?_{{2,3}}(https?:.+?)_{{3}}", ""),
    Gateway(r"(urlsand\.esvalabs|antiphishing\.vadesecure)\.com/", "u"),
    Gateway(r"link\.(edgepilot|zixcentral)\.com/[su]/", "u"),
    Gateway(rf"safe\.menlosecurity\.com/{WITHIN}", ""),
    Gateway(r"deref-[\w-]+\.[a-z]{2,3}/mail/", "redirectUrl"),
    # Links of newsletters
    Gateway(r"[\w.-]+/CL0/(https?(?::|%3a)[^/]+)/\d", ""),
    # Results of a search, advertisements, pages kept for phones
    Gateway(rf"{GOOGLE}/(url|imgres)\?", "q"),
    Gateway(rf"{GOOGLE}/url\?", "url"),
    Gateway(rf"{GOOGLE}/imgres\?", "imgrefurl"),
    Gateway(r"scholar\.google\.(com?\.)?[a-z]{2,3}/scholar_url\?", "url"),
    Gateway(r"(?:www\.)?google\.(?:com?\.)?[a-z]{2,3}/amp/s/([^/]+\..+)", "", "amp"),
    Gateway(r"[\w-]+\.cdn\.ampproject\.org/[a-z]/s/([^/]+\..+)", "", "amp"),
    Gateway(r"(www\.)?googleadservices\.com/pagead/aclk\?", "adurl"),
    Gateway(r"[\w.-]+\.doubleclick\.net/.*clk\?", "adurl"),
    Gateway(r"((www|cn)\.)?bing\.com/ck/a\?", "u", "bing"),
    Gateway(r"([\w-]+\.)?duckduckgo\.com/l/\?", "uddg"),
    Gateway(r"(?:[\w-]+\.)*search\.yahoo\.(?:com|co\.jp)/.*?/RU=([^/]+)(?:/|$)", ""),
    Gateway(r"(www\.)?yandex\.[a-z.]{2,6}/clck/jsredir\?", "url"),
    # Shops and publishers that share what a sale brings in
    Gateway(r"go\.(redirectingat|skimresources)\.com/?\?", "url"),
    Gateway(r"redirect\.viglink\.com/?\?", "u"),
    # Social networks, and programs to talk with others
    Gateway(rf"((www|lm?)\.)?{META}/(l\.php|flx/warn/)?\?", "u"),
    Gateway(r"l\.wl\.co/l\?", "u"),
    Gateway(r"([\w-]+\.)?linkedin\.com/(redir/[\w-]+|redirect|safety/go)/?\?", "url"),
    Gateway(r"((www|m|music)\.)?youtube\.com/redirect\?", "q"),
    Gateway(r"go\.bsky\.app/redirect/?\?", "u"),
    Gateway(r"(www\.)?weibo\.(cn|com)/sinaurl\?", "u"),
    Gateway(r"(app\.)?getpocket\.com/redirect/?\?", "url"),
    Gateway(r"out\.reddit\.com/", "url"),
    Gateway(r"(away\.|m\.)?vk\.(com|ru)/away(\.php)?\?", "to"),
    Gateway(r"(t\.umblr|www\.tumblr)\.com/redirect\?", "z"),
    Gateway(r"slack-redir\.net/link\?", "url"),
    Gateway(r"([\w-]+\.)*asm\.skype\.com/", "url"),
    Gateway(r"(t|telegram)\.me/iv\?", "url"),
    Gateway(r"([\w-]+\.)?pinterest\.[a-z.]{2,6}/offsite/?\?", "url"),
    Gateway(r"(www\.)?tiktok\.com/link/v2\?", "target"),
    Gateway(r"(gate|exit)\.sc/?\?", "url"),
    Gateway(r"medium\.com/r/?\?", "url"),
    Gateway(r"steamcommunity\.com/linkfilter/\?", "u"),
    Gateway(r"steamcommunity\.com/linkfilter/\?", "url"),
    Gateway(r"link\.(zhihu|juejin|csdn)\.(com|cn|net)/\?", "target"),
    Gateway(r"disq\.us/(url)?\?", "url"),
    Gateway(rf"outgoing\.prod\.(?:mozaws\.net|webservices\.mozgcp\.net)/v1/[^/?]+/{WITHIN}", ""),
    Gateway(rf"(?:href\.li|nullrefer\.com|anonym\.to|dereferer\.me)/\?{WITHIN}", ""),
)
RUNS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
SCHEME = re.compile(r"https?://", re.I)
# What no address has, and what nobody can see in one.
NEVER = r"\s\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff<>\"\\"
BEHIND = re.compile(
    rf"https?://[^{NEVER}/?#@:]+\.[^{NEVER}/?#@:]+(:\d{{1,5}})?([/?#][^{NEVER}]*)?", re.I
)
# The same host, written in more letters.
SAME_HOST = re.compile(r"\A([\w.-]*[\w-])\.?(?::(?:443|80))?(?=[/?#]|$)")


def unwrapped(url: str) -> str | None:
    """Return where a link over a gateway leads; None if it is an address like any other."""
    found = None
    for _ in range(MOST_GATEWAYS):
        behind = one_unwrapped(found or url)
        if behind is None:
            break
        found = behind
    return found


def one_unwrapped(url: str) -> str | None:
    url = url.strip()
    scheme = SCHEME.match(url)
    if not scheme or len(url) > LONGEST_URL:
        return None
    rest = SAME_HOST.sub(r"\1", url[scheme.end() :], count=1)
    for gateway in GATEWAYS:
        if begins := re.match(gateway.begins, rest, re.I):
            typed = parameter(url, gateway.parameter) if gateway.parameter else begins[1]
            behind = decoded(typed, gateway.form).strip().replace(" ", "%20")
            if "#" in url and "#" not in behind:
                behind += url[url.index("#") :]
            if BEHIND.fullmatch(behind):
                return behind
    return None


def parameter(url: str, name: str) -> str:
    try:
        values = parse_qsl(urlsplit(url).query, max_num_fields=100)
    except ValueError:
        return ""
    return next((value for key, value in values if key.lower() == name.lower()), "")


def decoded(typed: str, form: str) -> str:
    if form == "amp":
        return f"https://{typed}"
    if form == "proofpoint-2":
        return unquote(typed.replace("-", "%").replace("_", "/"))
    if form == "proofpoint-3":
        return proofpoint_3(unquote(typed))
    if form in ("base64", "bing"):
        return from_base64(typed.removeprefix("a1") if form == "bing" else typed)
    # An address that stands in the path as it is has percents of its own.
    return typed if "://" in typed else unquote(typed)


def proofpoint_3(typed: str) -> str:
    # “*” stands for one of the letters that follow the address in base64, “**A” for two of them,
    # “**B” for three, and so on.
    url, _, letters = typed.rpartition("__;")
    left = iter(from_base64(letters))

    def put_back(found: re.Match[str]) -> str:
        return "".join(islice(left, RUNS.index(found[1]) + 2 if found[1] else 1))

    # A scheme that lost one of its slashes on the way.
    url = re.sub(r"^(https?):/(?!/)", r"\1://", url)
    return re.sub(r"\*(?:\*([\w-]))?", put_back, url)


def from_base64(text: str) -> str:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return ""
