"""Bounces without a machine-readable part, as many mail servers still write them.

Programs that answer for somebody who is away use the same empty return path and the same header
(RFC 3834), and they answer to the same address. So two things must come together: that a mail
server writes, and that it says that something was not delivered.
"""

import re
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.message import Message

from newsletter.refusals import ENHANCED, REPLY, Cause, cause_of

ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'@]{1,64}@[^\s<>()\[\]:;,\"'@]{1,255}")
SERVER = re.compile(
    r"mailer.?daemon|postmaster|mail.?(?:delivery|system|server|router|administrator)|"
    r"delivery.?(?:system|subsystem|service|status|notification)|system administrator|mdaemon|"
    r"microsoftexchange[0-9a-f]{32}@"
)
ABSENT = re.compile(
    r"out of (?:the )?office|\boof\b|auto(?:matic|mated|matische|matique)?[ -]?(?:reply|response|"
    r"respuesta|antwort)|r[ée]ponse automatique|respuesta autom|risposta autom|resposta autom|"
    r"absen[ct]|abwesen|afwezig|assente|ausen[tc]|fuori (?:sede|ufficio)|fuera de|vacation|"
    r"urlaub|vacaciones|holiday|\b(?:am|is|be) (?:currently )?away\b|^away\b|on leave|nieobecn|"
    r"отсутств|отпуск|автоответ|автоматический ответ|automatyczna odp|otomatik yanıt|"
    r"自動応答|自動返信|不在|休暇|自动回复|自動回覆"
)
FAILED = re.compile(
    r"undeliver|undelivr|failure|fail(?:s|ed|ing)? (?:to |permanently)?|not (?:be |been |yet )?"
    r"(?:successfully )?(?:deliver|sent|reach)|n't (?:be )?(?:deliver|reach|find)|"
    r"unable to deliver|unsuccessful|return(?:ed|ing) (?:mail|message|to)|did not (?:reach|like)|"
    r"error (?:while |in )?(?:deliver|transmi)|permanent(?:ly)? (?:error|fatal)|fatal error|"
    r"rejected|bounced|unzustellbar|nicht (?:zugestellt|zustellbar|ausgeliefert)|non (?:remis|"
    r"distribu|consegn)|échec|pas pu être|pas (?:été )?(?:remis|distribu)|mancata consegna|"
    r"impossibile recapitare|error de entrega|no (?:se )?(?:pudo|puede|ha podido) (?:ser )?"
    r"(?:entrega|envia)|no (?:se )?(?:ha )?(?:sido )?entregad|"
    r"não (?:foi )?(?:possível )?entreg|falha na entrega|"
    r"onbestelbaar|niet (?:worden )?(?:bezorgd|afgeleverd)|nie (?:można|udało się) dostarczyć|"
    r"niedostarcz|не (?:удается|удалось|может быть) доставлен|не (?:удается|удалось) доставить|"
    r"не доставлен|недоставлен|сбой доставки|配信不能|(?:配信|配達|送信)(?:に失敗|できません)|"
    r"退信|退回|无法投递|未能投递|投递失败|無法傳遞"
)
DELAYED = re.compile(
    r"\bdelay|not yet (?:been )?(?:deliver|sent)|warning message only|attempts? (?:will|"
    r"to deliver).{0,60}continue|will (?:be retried|retry|keep trying|continue|try again)|"
    r"still (?:being|trying)|(?:do not|don't) need to re-?send|verzögert|"
    r"\bretardée?\b|pas encore été|\bretrasad[oa]|demorad[oa]|in ritardo|vertraagd|"
    r"opóźnion|atrasad[oa]|задерж|отложен|遅延|延迟"
)
# Programs that ask a sender to prove something before they deliver.
CHALLENGE = re.compile(
    r"\bconfirm|verif|approv|captcha|human|action required|pending|moderator|bestätig|vérifi"
)
PARAGRAPHS = re.compile(r"\n\s*\n")
# Where a mail server begins to give back what we wrote.
COPY = re.compile(
    r"^[ \t>*=-]*(?:below (?:this line )?is a copy|(?:this|enclosed) is a copy of|"
    r"(?:original|unsent|returned|forwarded) (?:message|mail)|message (?:headers?|text|contents?) "
    r"follow|the (?:body|headers?) of (?:the|your)|(?:original|message) headers?:|"
    r"(?:received|return-path|message-id|list-unsubscribe|dkim-signature):)",
    re.MULTILINE | re.IGNORECASE,
)


def text_of(fields: Message, name: str) -> str:
    """Return a field in readable letters, all of its occurrences in a row."""
    words = []
    for value in fields.get_all(name, [])[:20]:
        # Letters that nobody encoded are nearly always UTF-8 (RFC 6532).
        raw = value.encode() if isinstance(value, Header) else str(value)
        try:
            found = decode_header(raw[:2_000].replace("unknown-8bit", "utf-8"))
            words.append(str(make_header(found)))
        except (LookupError, ValueError, HeaderParseError):
            words.append(str(value))
    return " ".join(words)


def in_letters(content: bytes, charset: str | None) -> str:
    """Decode with this character set; as UTF-8 if it is unknown or none."""
    try:
        return content.decode(charset or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def is_automatic(message: Message) -> bool:
    answers = str(message["Auto-Submitted"] or "no").strip().lower()
    return answers != "no" or str(message["Return-Path"] or "").strip() == "<>"


def is_late_only(subject: str, text: str) -> bool:
    return bool(DELAYED.search(f"{subject}\n{text}".casefold()))


def is_bounce(message: Message, text: str, *, reader: str, is_marked: bool) -> bool:
    """Tell whether this message, whose own words are `text`, says that a mail to `reader` was not
    delivered."""
    sender, subject, answers = (
        text_of(message, name).casefold() for name in ("From", "Subject", "Auto-Submitted")
    )
    if message["X-Autoreply"] or message["X-Autorespond"] or "vacation" in answers:
        return False
    absent = ABSENT.search(subject)
    if absent and not FAILED.search(subject[: absent.start()]):  # what follows that is ours
        return False
    is_server = bool(SERVER.search(sender))
    if is_server and "auto-replied" not in answers:
        return True
    if not is_server and (ABSENT.search(text.casefold()) or (reader and reader in sender)):
        return False
    is_failure = bool(message["X-Failed-Recipients"]) or bool(
        FAILED.search(f"{subject}\n{text}".casefold())
        and (is_server or names_a_mail(text.casefold(), reader))
    )
    is_answer_of_none = (message["Return-Path"] or "").strip() == "<>"
    return is_failure and (is_server or is_answer_of_none or (is_marked and bool(answers)))


def names_a_mail(text: str, reader: str) -> bool:
    """Tell whether somebody who calls themselves no mail server gives a code, or the address to
    which we wrote. People who are away write that mail is not delivered, too, and to whom else to
    write; and some want to be asked first."""
    if ENHANCED.search(text):
        return True
    return bool(reader in text if reader else ADDRESS.search(text)) and not CHALLENGE.search(text)


def says_why(text: str) -> bool:
    return bool(ENHANCED.search(text) or REPLY.search(text))


def own_words(text: str) -> str:
    """Return what the mail server wrote, without the mail that it gives back and without quotes."""
    copy = COPY.search(text)
    lines = (text[: copy.start()] if copy else text).splitlines()
    return "\n".join(line for line in lines if not line.startswith(">"))[:5_000]


def cause_in(text: str) -> Cause:
    """Judge a mail server's words; where they mean nothing, those that stand beside a code, without
    the sentences around them."""
    cause = cause_of(text)
    if cause is not Cause.UNCLEAR:
        return cause
    return cause_of("\n".join(filter(says_why, PARAGRAPHS.split(text))))


def about(reader: str, text: str) -> str:
    """Return the paragraphs that give a code beside the address of `reader`; the whole text if
    there are none."""
    own = [one for one in PARAGRAPHS.split(text) if reader in one.casefold() and says_why(one)]
    return "\n\n".join(own) if reader and own else text


def line_with_code(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if says_why(line)), "Without a status.")
