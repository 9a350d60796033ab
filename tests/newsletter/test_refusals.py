"""What a refusal means, by its words and its codes."""

import pytest

from newsletter.refusals import BLAMELESS, Cause, cause_of, is_of_mailbox

GONE, FULL, BUSY, SENDER, MESSAGE, UNCLEAR = Cause


@pytest.mark.parametrize(
    ("status", "words", "cause"),
    [
        ("5.1.1", "", GONE),
        ("5.1.10", "", GONE),
        ("5.2.1", "", GONE),
        ("5.1.1 (no such user)", "", GONE),
        ("5.0.0", "smtp; 550-5.1.1 The email account does not exist", GONE),
        ("", "550 no such user", GONE),
        ("5.0.0", "smtp; 550 5.1.1", GONE),
        ("5.0.0", "smtp; 550 rejected", UNCLEAR),
        ("5.2.2", "", FULL),
        ("4.1.1", "user unknown", UNCLEAR),
        ("4.4.7", "smtp; 550 5.1.1 said another host", UNCLEAR),
        ("", "", UNCLEAR),
        ("5.1.1111", "", UNCLEAR),
        ("5.4.4", "Host or domain name not found", UNCLEAR),
        ("5.7.1", "", SENDER),
        ("5.1.8", "", SENDER),
        ("5.0.0", "smtp; 554 5.7.1 blocked", SENDER),
        ("5.6.0", "", MESSAGE),
        ("5.3.4", "", MESSAGE),
    ],
)
def test_codes_are_judged_where_words_are_silent(status, words, cause):
    assert cause_of(words, status=status) is cause


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("550 5.1.1 <ada@example.org>: Relay access denied", SENDER),
        ("550 5.1.1 sender rejected", SENDER),
        ("550 5.1.1 blocked using zen.spamhaus.org", SENDER),
        ("550 5.1.1 unknown user; listed by dnsbl.example", SENDER),
        ("550-5.1.1 Verification failed for <news@x.example> 550 Sender verify failed", SENDER),
        ("550 5.1.1 too much mail", BUSY),
        ("550 5.2.1 This user gets mail at a rate that keeps more from being delivered", BUSY),
        ("550 5.1.1 sending quota exceeded", BUSY),
        ("550 5.1.1 mailbox over quota", FULL),
        ("550 5.2.1 mailbox temporarily shut", FULL),
        ("550 5.1.1 message too big", MESSAGE),
        ("550 5.1.1 looks like spam", MESSAGE),
        ("550 5.1.1 <spam.rate@blocked.example> user unknown", GONE),
        ("550 5.7.1 no such user", UNCLEAR),
        ("user unknown", UNCLEAR),
        ("550 5.1.1 mailbox size limit exceeded", FULL),
        ("550 5.1.1 Mail quota exceeded", FULL),
        ("550 5.1.1 Daily mail quota exceeded", BUSY),
        ("550 5.1.1 Message size exceeds the maximum for this mailbox", MESSAGE),
        ("550 5.1.1 prohibited by the administrator", SENDER),
        ("550 5.1.1 unknown user (ada@example.org:blocked)", SENDER),
        ("550 5.1.1 Absenderadresse ungültig", SENDER),
        ("550 5.1.1 Die Absenderadresse ist nicht bekannt", SENDER),
        ("550 5.1.1 Expéditeur inconnu", SENDER),
        ("550 5.1.1 El remitente no existe", SENDER),
        ("550 5.1.1 адрес отправителя не найден", SENDER),
        ("550 5.1.1 Adresse IP invalide", SENDER),
        ("550 5.1.1 IPアドレスが不明", SENDER),
        ("550 5.1.1 Adres nadawcy nieznany", SENDER),
        ("550 HELO-Adresse ungültig", SENDER),
        ("550 E-Mail-Adresse ungültig", GONE),
        ("550 5.1.1 Postfach überfüllt", FULL),
        ("550 Benutzer ist hier nicht bekannt", GONE),
        ("550 пользователь не найден", GONE),
        ("550 ユーザーが存在しません", GONE),
        ("450 Benutzer unbekannt", UNCLEAR),
        ("451 4.7.1 Greylisting in action, please come back later", UNCLEAR),
        ("451 4.7.1 Please try again later (TEMP)", UNCLEAR),
        ("550 5.1.1 recipient rejected: unverified address: connection refused", UNCLEAR),
        ("550 5.1.1 Unable to verify user", UNCLEAR),
        ("550 5.1.1 User only accepts mail from known people", SENDER),
        ("550 5.1.1 The user rejected your message", SENDER),
        ("550 5.1.1 Your e-mail address is not known here", SENDER),
        ("550 5.1.1 Sender account is disabled", SENDER),
        ("550-Sender callout verification: user unknown", SENDER),
        ("550 5.1.1 Encryption is required for this recipient", SENDER),
        ("550 5.1.1 mass mailing refused", SENDER),
        ("550 mailbox unavailable: invalid DNS MX or A/AAAA record", SENDER),
        ("550 Unfortunately, messages from 192.0.2.1 weren't sent.", SENDER),
        ("554 Email address is not verified. The identities failed the check", SENDER),
        ("550 5.1.1 Ihr Server steht auf einer Sperrliste", SENDER),
        ("550 5.1.1 発信者が拒否されました", SENDER),
        ("550 5.1.1 trop de messages", BUSY),
        ("550 5.1.1 Nachricht zu groß", MESSAGE),
        ("550 5.1.1 Письмо похоже на спам", MESSAGE),
        ("550 5.1.1 Postilaatikko on täynnä", FULL),
        ("550 5.1.1 Límite de almacenamiento superado: usuario", FULL),
        ("550-Callout verification failed: 550 5.1.1 User unknown", GONE),
        ("550 RCPT (ada@example.org) does not exist", GONE),
        ("550 unknown local-part 'ada' in domain 'example.org'", GONE),
        ("550 Account cancelled", GONE),
        ("550 Ukendt bruger", GONE),
        ("550 5.1.1 사용자가 존재하지 않습니다", GONE),
    ],
)  # fmt: skip
def test_words_outweigh_a_code_that_would_suppress_a_reader(words, cause):
    assert cause_of(words) is cause


@pytest.mark.parametrize(
    "words",
    [
        "please retry",
        "go away",
        "system busy",
        "mailbox server down",
        "AOL will not accept delivery",
        "we don't want that",
        "Der Mailserver ist überlastet",
        "gönderen engellendi",
        "invalid message",
        "Mailbox closed for maintenance",
        "보낸 사람 차단",
    ],
)
@pytest.mark.parametrize("code", ["5.1.1", "5.2.1"])
def test_a_code_outweighs_no_words_that_are_not_understood(code, words):
    """It is not for us to guess that they say what the code says."""
    assert cause_of(f"550 {code} {words}") is UNCLEAR


@pytest.mark.parametrize(
    "words",
    [
        "",
        "no",
        "Recipient address rejected",
        "<ada@example.org>: Recipient address rejected: example.org",
        "bad address ada@example.org",
        "Requested action not taken: mailbox unavailable",
        "sorry (in reply to RCPT TO command)",
        "No recipient by that name",
        "mailbox not available",
        "Kein solcher Benutzer",
        "Destinatario inesistente",
        "Нет такого пользователя",
        "没有此用户",
    ],
)
def test_words_that_say_no_more_than_a_code_leave_it_to_the_code(words):
    assert cause_of(f"550 5.1.1 {words}") is GONE


def test_what_speaks_of_us_says_nothing_of_a_reader():
    assert set(BLAMELESS) == {BUSY, SENDER, MESSAGE}


@pytest.mark.parametrize(
    ("words", "is_its"),
    [
        ("450 4.2.1 Too much mail", True),
        ("450 This user gets too much mail", True),
        ("450 4.7.1 Too much mail", False),
        ("450 This account has reached its sending limit", False),
        ("450 Too many recipients for one mailbox", False),
    ],
)
def test_a_limit_is_that_of_a_mailbox_by_its_code_or_by_its_words(words, is_its):
    assert is_of_mailbox(words) is is_its
