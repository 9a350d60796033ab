"""What a mail server's refusal means: for its reader, for us, or for the mail.

One judgement for replies while sending and for what comes back later. Words decide before codes:
hosts give 550 and even 5.1.1 to a sender whom they block, and 5.2.1 to a mailbox that only gets too
much at the moment. Of our thousands of readers a block refuses all at once, so nothing that speaks
of us, of our speed or of the message is ever held against a reader.
"""

import re

from django.db.models import TextChoices


class Cause(TextChoices):
    GONE = "gone", "there is no such mailbox"
    FULL = "full", "the mailbox is full, or shut for now"
    BUSY = "busy", "too much mail at the moment"
    SENDER = "sender", "we are blocked or not allowed"
    MESSAGE = "message", "the message is refused"
    UNCLEAR = "unclear", "it is not said why"


# What everybody would be refused for.
OURS = (Cause.SENDER, Cause.MESSAGE)
# They say nothing of the reader, however often they come.
BLAMELESS = (Cause.BUSY, *OURS)

ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
REPLY = re.compile(r"(?<![\d.])([45])[0-5]\d(?:[ \-:]|$)")
# It may hold any words and numbers; what follows its host does not belong to it.
ADDRESS = re.compile(r"[^\s@<>()]{1,64}@[\w.\-\[\]]{1,255}")
LONGEST = 4_000

# One pattern a line; the first group with one that fits decides.
WORDS = [
    (
        Cause.UNCLEAR,  # whatever the code: the host has not looked yet
        r"""
        gr[ea]y-?list | maintenance | migrat | being moved | user database | ldap
        unverified address | verification in progress
        (?:unable to|cannot|can't|could not|couldn't) (?:be )?verif(?:y|ied).{0,20}{mailbox}
        {mailbox} .{0,20}(?:cannot|can't|could not|couldn't) be verified
        """,
    ),
    (
        Cause.FULL,  # before the size of a message
        r"""
        (?:mail ?(?:box|dir|file)|in-?box|account|folder|user)(?:'s)? (?:size|quota|storage)
        """,
    ),
    (
        Cause.MESSAGE,
        r"""
        message(?:'s)? size | size (?:limit|exceed) | exceeds? .{0,20}size | length exceed
        too (?:big|large) | line (?:is )?too long
        vir(?:us|en) | malware | phishing | fraud | attachment
        contain(?:s|ed|ing)? .{0,40}(?:url|link|spam|phish)
        looks like spam | spam (?:content|message|score)
        (?:classified|identified|detected|rejected|considered|tagged|scored) as (?:spam|junk)
        content (?:filter|reject|not accept|denied) | (?:because of|due to|for) (?:its )?content
        (?:bad|invalid|missing) header
        """,
    ),
    (
        Cause.SENDER,
        r"""
        relay(?:ing)? (?:access |attempt |mail )?(?:is |was )?(?:denied|not|restrict)
        relay(?:ing)? (?:access |attempt |mail )?(?:is |was )?(?:refuse|reject|block)
        (?:unable|not|cannot|refus\w+|not allowed|not permitted|not authori[sz]ed) (?:to )?relay
        we do(?: not|n't) relay | insecure mail relay | open relay
        authenticat | not authori[sz]ed | unauthori[sz]ed | not permitted | no access
        access (?:is )?denied | network not allowed | prohibit | organi[sz]ational settings
        services? (?:is |was )?(?:refus|denied) | complaint
        sender(?: is| was| has been| address| domain| ip| host)* (?:reject|refus|den|block|not)
        sender(?: is| was| has been| address| domain| ip| host)* (?:verif|invalid|unknown|must|does)
        (?:unknown|invalid|bad|fake|forged|unverified|unro?uteable) sender
        (?<!callout )verif(?:y|ication)(?: has)? fail | callback | identit(?:y|ies)
        (?:not|un)[ -]?verified | outgoing mail from | credits? exceed | white-?list
        accept\w* .{0,40}\bfrom\b | allowed to (?:send|write|mail) | messages? from .{0,40}n't sent
        (?:user|recipient) (?:has )?(?:refus|reject|block)\w* (?:you|this|mail|messages|newsletters)
        \byour (?:e-?mail )?(?:address(?! book)|account) | invalid dns | geograph | countr(?:y|ies)
        newsletter | (?:bulk|mass) (?:e-?)?mail
        (?:\btls\b|encryption) .{0,20}(?:requir|need|must) | (?:requir\w+|must|via) .{0,20}tls\b
        mail from(?::| (?:address|command|domain|refus|reject|not)) | envelope.(?:from|sender)
        client host | invalid ip | \bip= | (?<!or )ip address | sending ip
        adresse (?:ip|helo) | ip-?adresse | dirección ip | indirizzo ip | ip-адрес | adres ip
        ip ?(?:アドレス|地址)
        (?:送信者|差出人|发件人|寄件者).{0,20}(?:拒|不|存在しません|見つかりません)
        your (?:reverse )?(?:ip|host|server|network|isp|domain) | reverse (?:dns|hostname|lookup)
        \b(?:dmarc|spf|dkim|ptr|rdns)\b | (?:bad|invalid|reject\w*) (?:helo|ehlo)
        \bblock(?:s|ed|ing)?\b | block-?list | black-? ?list | deny-? ?list
        (?<!not )listed (?:at|in|on|by|as)\b | reputation | banned | suspicious | untrusted
        \b(?:dns|r|d|s)bl\b | spamhaus | spamcop | barracudacentral | sorbs | uceprotect
        surbl | uribl | senderscore | abusix | mailspike
        \bpolic(?:y|ies)\b
        {sender} .{0,60}(?:abgelehnt|gesperrt|blockiert|ungültig|unbekannt|refus|rejet|bloqu)
        {sender} .{0,60}(?:invalid|inconnu|rechaz|desconoc|rifiut|sconosc|отклон|заблок|не найден)
        {sender} .{0,60}(?:nieznan|nie istnieje|odrzuc)
        {sender} .{0,60}(?:nicht .{0,20}(?:bekannt|gefunden|erlaubt)|n'existe|no existe|non esiste)
        {sender} .{0,60}(?:не существует|неизвест)
        (?:ihre?|ihren|votre|su|vostr[oa]|seu|uw) (?:ip\b|serv|(?:e-?mail-?)?adr|konto)
        sperrliste | schwarze\w* liste | liste noire | lista negra | lista nera | ч[её]рн\w+ спис
        """,
    ),
    (
        Cause.BUSY,
        r"""
        \brates?\b | ratelimit | throttl | flood | too (?:fast|quickly|often|frequent)
        too (?:much|many) (?!hops) | (?:high|unusual|unexpected|excessive) (?:volume|amount|number)
        (?:sending|message) quota | (?:hourly|daily) (?:\w+ )?quota
        sender(?:'s)? quota | zu viele? | trop de | demasiad | demasiados | troppi | te veel
        слишком (?:много|часто) | zbyt (?:wiele|dużo|często) | för många | for mange | příliš mnoho
        çok fazla | 太多 | 多すぎ
        frequency | per (?:hour|day|minute) | (?:send|receiv)\w* limit
        (?:message|mail|recipient|connection|sending|receiving|volume)s? limit
        (?:hour|hourly|day|daily|minute) limit | limit .{0,30}(?:messages|mails|hour|day|minute)
        """,
    ),
    (
        Cause.FULL,
        r"""
        {mailbox}(?:'s)?(?: \w+){0,3} (?:full|over ?quota|exceed|lock|suspend|paus|temporar)
        quota | storage | disk (?:full|space) | insufficient (?:\w+ )?(?:space|resource) | temporar
        \b(?:voll|überfüllt|pleine?|saturée?|llen[oa]|chei[oa]|pien[oa]|vol|pełn[ay])\b
        (?:är|er) full
        \b(?:fulla?t|fuld|plná|plný|täynnä|dolu|megtelt|plin[ăe]?|pun[ao]?|γεμάτ\w+|πλήρ\w+)\b
        переполнен | переповнен | almacenamiento | stockage | speicherplatz
        いっぱい | 已满 | 已滿 | 가득 | ممتلئ | מלא[הת]?
        """,
    ),
    (
        Cause.SENDER,
        r"""
        (?<!to )(?<!to the )\bsender\b(?! sent) | {sender}
        """,
    ),
    (
        Cause.GONE,
        r"""
        (?:unknown|no such|invalid|non-?exist\w+|bad destination) (?:local |virtual )?{mailbox}
        (?:illegal|inactive|dead) {mailbox}
        (?:unknown|no such|invalid|illegal|bad destination) (?:or illegal )?(?:address|person|alias)
        (?:invalid|unknown) to address
        (?:unknown|no such) local[ -]?part | rcpt\b.{0,20}n[o']t exist
        no ?(?:one|body) (?:at|by|of|with|here)
        no longer (?:accept|receiv|valid|in use|works? (?:here|at|for))
        has (?:left|moved) | left the company
        (?:{mailbox}|address|alias)\b .{0,60}(?:unknown|undefined|invalid|non-?exist)
        (?:{mailbox}|address|alias)\b .{0,60}n[o']t (?:be )?(?:found|known|exist|listed|valid)
        (?:{mailbox}|address|alias)\b .{0,60}n[o']t (?:be )?(?:recogni[sz]ed|registered|our)
        {mailbox}\b .{0,60}(?:no longer|disabled|inactive|deactivated|deleted)
        {mailbox}\b .{0,60}(?:\bclosed|discontinued|terminated|expired|removed|cancel)
        does(?: not|n't) have an? .{0,40}(?:account|mail ?box)
        no (?:mailbox|account|user|person)\b
        not (?:a )?(?:known|valid|our|local) (?:{mailbox}|address)
        (?:can ?not|can't|could not|couldn't|unable to) (?:be )?(?:find|locate) .{0,20}{mailbox}
        s2017062302 | find any host named | not listed in | recip(?:ient)?notfound
        (?:unbekannte|ungültige)r? (?:empfänger|benutzer|nutzer|adress)
        {reader} .{0,60}(?:unbekannt|existiert nicht|ungültig)
        {reader} .{0,60}nicht .{0,30}(?:gefunden|aufgeführt|bekannt)
        (?:utilisateur|destinataire|adresse|boîte) .{0,30}(?:inconnu|n'existe pas|inexistant)
        (?:utilisateur|destinataire|adresse|boîte) .{0,30}(?:invalide|introuvable)
        (?:usuario|destinatario|cuenta|buzón) .{0,30}(?:desconocid|no existe|no encontrad)
        (?:usuário|destinatário|conta|caixa) .{0,30}(?:desconhecid|inexist|não existe|não encontrad)
        (?:utente|casella|indirizzo) .{0,30}(?:sconosciut|inesistente|non esiste)
        (?:gebruiker|geadresseerde) .{0,20}onbekend
        (?:użytkownik|skrzynka|adres|konto) .{0,30}(?:nieznan|nie istnieje)
        (?:пользовател|получател|ящик|адрес).{0,40}(?:не найден|не существует|неизвест)
        (?:ユーザ|宛先|アドレス|メールボックス).{0,20}(?:存在しません|見つかりません|いません|不明)
        没有(?:此|该|这个)?用户 | 查无此 | 查無此
        (?:用户|用戶|收件人|邮箱|郵箱).{0,10}(?:不存在|未找到)
        {northern} .{0,30}(?:okänd|ukendt|ukjent|fin(?:ns|des|nes) i(?:nte|kke))
        (?:okänd|ukendt|ukjent) {northern}
        (?:käyttäjä|vastaanottaj|osoite).{0,30}(?:tuntematon|ei ole|ei löydy)
        tuntematon (?:käyttäjä|vastaanottaja|osoite)
        (?:uživatel|příjemce|schránka|adresa|korisnik|primatelj) .{0,30}(?:neexist|neznám)
        (?:uživatel|příjemce|schránka|adresa|korisnik|primatelj) .{0,30}(?:nepoznat|ne postoji)
        (?:neznám\w+|nepoznat\w*) (?:uživatel|příjemce|adresa|korisnik|primatelj)
        (?:felhasználó|címzett) .{0,30}(?:ismeretlen|nem létezik)
        (?:utilizator|destinatar|adres)\w* .{0,30}(?:necunoscut|nu exist)
        (?:kullanıcı|alıcı|adres) .{0,30}(?:bulunamadı|yok|mevcut değil)
        (?:χρήστησ|παραλήπτησ) .{0,30}(?:άγνωστοσ|δεν υπάρχει) | άγνωστοσ (?:χρήστησ|παραλήπτησ)
        (?:користувач|одержувач|адрес)\w* .{0,30}(?:не існує|не знайден|невідом)
        (?:adres|geadresseerde|gebruiker|postvak) .{0,30}bestaat niet
        (?:사용자|수신자|주소|메일함).{0,20}(?:존재하지|없|찾을 수)
        (?:المستخدم|المستلم|العنوان) .{0,20}غير
        (?:משתמש|נמען|כתובת) .{0,20}לא (?:קיים|נמצא|קיימת)
        """,
    ),
    (
        Cause.MESSAGE,
        r"""
        message .{0,30}(?:reject|refus|denied|not accept) | accept .{0,20}message
        (?<![a-z])spam | unsolicited | \bjunk\b | end of data | content
        спам | スパム | 垃圾 | zu gro(?:ß|ss) | trop (?:gros|volumineux) | demasiado grande
        слишком больш
        """,
    ),
    (
        Cause.SENDER,
        r"""
        (?<![a-z])ip(?![a-z]) | \b(?:helo|ehlo)\b | dynamic | gesperrt | \bblo[ckq]u?[eé]
        заблок | отклон | ブロック | 拒否 | 拒绝 | 黑名单
        """,
    ),
    (
        Cause.UNCLEAR,  # a host that greylists without the word
        r"""
        (?:try|come back) .{0,20}later
        """,
    ),
]
MAILBOX = r"(?:mail ?box|in-?box|account|user|recipient|addressee|e-?mail address|customer)"
# In German; neither the address of a host nor of a sender.
READER = (
    r"(?:empfänger|benutzer(?:konto)?|postfach|konto|(?:empfänger|e-?mail-?|(?<![\w-]))adresse)"
)
NORTHERN = r"(?:användare|bruger|bruker|modtager|mottag(?:are|er)|mottaker|adresse?\w*)"
SENDER = r"(?:absender\w*|expéditeur|remitente|remetente|mittente|afzender|nadawc\w*|отправител\w*)"
PEOPLE = {"mailbox": MAILBOX, "reader": READER, "northern": NORTHERN, "sender": SENDER}


def pattern_of(words: str) -> re.Pattern[str]:
    for name, people in PEOPLE.items():
        words = words.replace(f"{{{name}}}", people)
    return re.compile("|".join(re.split(r" \| |\n\s+", words.strip())))


PATTERNS = [(cause, pattern_of(words)) for cause, words in WORDS]
# Words that say no more than a code does; what is no word at all (a host, a number) neither does.
NEUTRAL = re.compile(
    r"""(?<![^\W\d_])[^\W\d_]*[\d._/][\w./-]*
    | \b(?:a|an|and|are|at|be|by|for|from|here|in|is|it|no|not|of|on|or
    |our|that|the|this|to|with|you|your|smtp|esmtp|dns|lmtp|rfc822|rcpt|ok|action|account
    |address(?:ee)?|bad|bounced?|command|could|deliver(?:ed|y)?|e|email|err(?:or)?|fail(?:ed|ure)?
    |fatal|gone|host|illegal|invalid|mail|mailbox|nope|perm(?:anent(?:ly)?)?|recipients?
    |reject(?:ed|ing)?|remote|reply|requested|response|result|returned|said|server|sorry|status
    |such|syntax|taken|transaction|unavailable|undeliverable|unknown|user|was
    # The same in other words.
    |available|but|closed|deleted|disabled|do(?:es)?|existent|exists?|found|known|local|name|non
    |receiv(?:e|ing)|unrouteable|valid|couldn't|n't
    |benutzers?|diesem|kein|mit|namen|nicht|postfach|solche[rs]?|unbekannte?[rs]?
    |aucun|ce|compte|de|destinataire|désactivé|inconnue?|inexistante?|n'existe|nom|pas|utilisateur
    |destinat[aá]rio|el|existe|inesistente|inexistente|la|sconosciuto|usu[aá]rio|utente
    |adres|gebruiker|onbekende?|nieznany|odbiorca|użytkownik
    |нет|неизвестн\w+|пользовател\w+|получател\w+|такого)\b""",
    re.VERBOSE,
)
# Exchange Online says so of a mailbox that is not there, and of a domain that is set up badly.
EDGE_BLOCKED = re.compile(r"recipient address rejected: access denied")

# RFC 3463 and its registry, where the words are silent.
CODES = {
    Cause.GONE: {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"},
    Cause.FULL: {"5.2.2"},
    Cause.MESSAGE: {"5.2.3", "5.3.4"},
    Cause.SENDER: {"5.1.7", "5.1.8", "5.4.5"},
    Cause.BUSY: {"5.2.121", "5.2.122"},  # Exchange Online's own
}
SUBJECTS = {"5.6": Cause.MESSAGE, "5.7": Cause.SENDER}


def cause_of(words: str, *, status: str = "", code: int | None = None) -> Cause:
    """Judge a refusal by its words, its enhanced code (`status`, or the first one in the words that
    says more than 5.0.0) and its reply code (or the first in the words).

    GONE needs a permanent code: where there is none, or only a passing one, the words are a guess.
    """
    words = without_addresses(words)
    enhanced = first_enhanced(f"{status} {words}")
    reply = REPLY.search(words)
    kind = enhanced[:1] or str(code or "")[:1] or (reply[1] if reply else "")
    subject = enhanced.rpartition(".")[0]
    plain = plain_words(words)
    said = next((cause for cause, pattern in PATTERNS if pattern.search(plain)), None)
    if EDGE_BLOCKED.search(plain):
        return Cause.UNCLEAR
    if said is Cause.GONE:
        return Cause.GONE if kind == "5" and subject != "5.7" else Cause.UNCLEAR
    by_code = next((cause for cause, codes in CODES.items() if enhanced in codes), None)
    if by_code is Cause.GONE and not is_silent(plain):
        by_code = None  # a code outweighs no words that are not understood
    return said or by_code or SUBJECTS.get(subject, Cause.UNCLEAR)


def without_addresses(words: str) -> str:
    return ADDRESS.sub(" ", words[:LONGEST])


def plain_words(words: str) -> str:
    # Every line of a long reply repeats its codes.
    plain = REPLY.sub(" ", ENHANCED.sub(" ", words)).casefold().replace("’", "'")
    return " ".join(plain.split())


def is_silent(words: str) -> bool:
    """Tell whether these words say nothing beyond their codes."""
    return not re.search(r"[^\W\d_]", NEUTRAL.sub(" ", plain_words(without_addresses(words))))


def is_of_mailbox(words: str) -> bool:
    """Tell whose limit was reached: a mailbox's, or else ours with this mail server."""
    plain = words.casefold()
    return first_enhanced(plain)[1:4] == ".2." or bool(
        re.search(MAILBOX, plain) and not re.search(r"sending|sender|too many recipients", plain)
    )


def first_enhanced(text: str) -> str:
    """Return the first enhanced code; one that says nothing but its class (5.0.0) only if there is
    no other."""
    found = [match[0] for match in ENHANCED.finditer(text)]
    return next((one for one in found if not one.endswith(".0.0")), found[0] if found else "")
