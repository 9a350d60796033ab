# ruff: noqa: E501  # what a mail server says stands on one line
"""Whole notices, each in a frame and with words of its own, as mail servers around the world write
them: in other languages, in other letters, and without a machine-readable part."""

from base64 import encodebytes
from collections.abc import Callable
from email.header import Header

from newsletter.models import Delivery
from tests.newsletter.bounce_frames import BLAMELESS, GONE, NOTHING, SOFT, copy, group, head, report

Notice = tuple[str, str, Callable[[Delivery], str]]

OUTLOOK = "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@reader.example>"


def in_words(
    sender: str, subject: str, text: str, *more: str, charset: str = "utf-8"
) -> Callable[[Delivery], str]:
    """A notice for people alone, in these letters."""

    def write(sent: Delivery) -> str:
        said = text.format(reader=sent.address, copy=copy(sent)).encode(charset)
        kind = (f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: base64")
        encoded = Header(subject, charset).encode()
        return head(sender, sent, encoded, *kind, *more) + "\n" + encodebytes(said).decode()

    return write


def in_fields(
    sender: str,
    subject: str,
    text: str,
    status: str,
    diagnostic: str,
    *more: str,
    action: str = "failed",
) -> Callable[[Delivery], str]:
    """A notice with the part for machines (RFC 3464)."""

    def write(sent: Delivery) -> str:
        said, fields = (one.format(reader=sent.address) for one in (text, diagnostic))
        return head(sender, sent, subject, *more) + report(
            said, group(sent.address, status, fields, action), copy(sent)
        )

    return write


NOTICES: list[Notice] = [
    ("Exchange Online in German", GONE, in_fields(OUTLOOK, "Unzustellbar: The week", "Ihre Nachricht an {reader} konnte nicht zugestellt werden.\nada wurde unter example.org nicht gefunden.\nIhr Absender  Office 365  ada\nUnbekannte An-Adresse\n", "5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {reader} not found by SMTP address lookup")),
    ("Exchange Online: only some may write to it", BLAMELESS, in_fields(OUTLOOK, "Undeliverable: The week", "Your message to {reader} couldn't be delivered.\nada only accepts messages from people in its organization or on its allowed senders list, and your email address isn't on the list.\n", "5.7.133", "smtp;550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group")),
    ("Exchange Online: too many for one mailbox", BLAMELESS, in_fields(OUTLOOK, "Undeliverable: The week", "Your message to {reader} couldn't be delivered.\nada is receiving email too quickly and can't accept any more right now.\n", "5.2.121", "smtp;550 5.2.121 RESOLVER.RST.RecipLimit; Recipient's per hour message receive limit from specific sender exceeded")),
    ("Exchange 2010 in French", GONE, in_words("Microsoft Exchange <postmaster@reader.example>", "Non remis : The week", "Échec de la remise à ces destinataires ou groupes :\n\n{reader}\nL'adresse de messagerie que vous avez entrée est introuvable. Vérifiez l'adresse de messagerie du destinataire et réessayez d'envoyer le message.\n\nInformations de diagnostic pour les administrateurs :\nServeur de génération : reader.example\n\n{reader}\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n", charset="iso-8859-1")),
    ("Exchange in French, for a mailbox that is full", SOFT, in_words(OUTLOOK, "Non remis : The week", "Échec de la remise à ces destinataires ou groupes :\n\n{reader}\nLa boîte aux lettres du destinataire est pleine et ne peut pas accepter de messages actuellement. Réessayez d'envoyer ce message ultérieurement.\n\nInformations de diagnostic pour les administrateurs :\nServeur de génération : reader.example\n")),
    ("Exchange in Spanish", SOFT, in_words(OUTLOOK, "No se puede entregar: The week", "Error de entrega a estos destinatarios o grupos:\n\n{reader}\nEl buzón del destinatario está lleno y no puede aceptar mensajes en este momento. Intente reenviar este mensaje más tarde o póngase en contacto con el destinatario directamente.\n\nInformación de diagnóstico para los administradores:\n\n{reader}\n#554 5.2.2 mailbox full ##\n", charset="iso-8859-1")),
    ("Exchange in Russian", GONE, in_words(OUTLOOK, "Не удается доставить: The week", "Сбой доставки следующим получателям или группам:\n\n{reader}\nВведенный адрес электронной почты не найден. Проверьте адрес электронной почты получателя и повторите попытку отправки сообщения.\n\nДиагностические сведения для администраторов:\n\n{reader}\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n", charset="koi8-r")),
    ("Exchange in Russian, for a mailbox that is full", SOFT, in_words(OUTLOOK, "Не удается доставить: The week", "Сбой доставки следующим получателям или группам:\n\n{reader}\nПочтовый ящик получателя переполнен и не может принимать сообщения. Повторите попытку позже.\n", charset="koi8-r")),
    ("Exchange in Japanese", GONE, in_words(OUTLOOK, "配信不能: The week", "次の受信者またはグループへの配信に失敗しました:\n\n{reader}\n入力した電子メール アドレスが見つかりませんでした。受信者の電子メール アドレスを確認し、メッセージを再送信してください。\n\n管理者向けの診断情報:\n\n{reader}\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n", charset="iso-2022-jp")),
    ("Exchange is late in German", NOTHING, in_words(OUTLOOK, "Zustellung verzögert: The week", "Die Zustellung an folgende Empfänger oder Gruppen hat sich verzögert:\n\n{reader}\n\nEs ist nicht notwendig, diese Nachricht erneut zu senden. Das System versucht weiterhin, sie zuzustellen.\n\n#451 4.4.1 Connection timed out ##\n")),
    ("Exchange is late in French", NOTHING, in_words("postmaster@reader.example", "Remise retardée : The week", "La remise aux destinataires ou groupes suivants est retardée :\n\n{reader}\n\nCe message n'a pas encore été remis. La remise continuera à être tentée ; il n'est pas nécessaire de le renvoyer.\n")),
    ("Postfix, which asked elsewhere first", GONE, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: host mx.example.org[192.0.2.7] said: 550 5.1.1 <{reader}>: Recipient address rejected: undeliverable address: host store.example.org[10.0.0.2] said: 550 no such user (in reply to RCPT TO command)", "5.1.1", "smtp; 550 5.1.1 <{reader}>: Recipient address rejected: undeliverable address: host store.example.org[10.0.0.2] said: 550 no such user", "Auto-Submitted: auto-replied")),
    ("Postfix: a domain that leads back", SOFT, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: mail for example.org loops back to myself", "5.4.6", "X-Postfix; mail for example.org loops back to myself", "Auto-Submitted: auto-replied")),
    ("Exim: an address without a route", SOFT, in_words("Mail Delivery System <Mailer-Daemon@mx.relay.example>", "Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {reader}\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\n{copy}", "X-Failed-Recipients: ada@example.org", "Auto-Submitted: auto-replied")),
    ("Exim: a local mailbox that is full", SOFT, in_words("Mail Delivery System <Mailer-Daemon@mx.relay.example>", "Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {reader}\n    (ultimately generated from info@example.org)\n    mailbox is full (MTA-imposed quota exceeded while writing to file /var/mail/ada):\n    retry timeout exceeded\n", "Auto-Submitted: auto-replied")),
    ("Exim after the end of data", BLAMELESS, in_words("Mail Delivery System <Mailer-Daemon@mx.relay.example>", "Mail delivery failed: returning message to sender", "This is a permanent error. The following address(es) failed:\n\n  {reader}\n    host mx.example.org [192.0.2.7]\n    SMTP error from remote mail server after end of data:\n    550 This message was judged by SpamAssassin to be 9.1 points. Your message was not delivered\n", "Auto-Submitted: auto-replied")),
    ("qmail: no such host", GONE, in_words("MAILER-DAEMON@relay.example", "failure notice", "Hi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{reader}>:\nSorry, I couldn't find any host named example.org. (#5.1.2)\n\n--- Below this line is a copy of the message.\n\n{copy}")),
    ("Sendmail gives up after days", SOFT, in_fields("Mail Delivery Subsystem <MAILER-DAEMON@relay.example>", "Returned mail: see transcript for details", "   ----- The following addresses had permanent fatal errors -----\n<{reader}>\n\n   ----- Transcript of session follows -----\n451 4.4.1 reply: read error from mx.example.org.\nMessage could not be delivered for 5 days\nMessage will be deleted from queue\n", "4.4.7", "", "Auto-Submitted: auto-generated (failure)")),
    ("Google in German", GONE, in_fields("Mail Delivery Subsystem <mailer-daemon@googlemail.example>", "Delivery Status Notification (Failure)", "** Adresse nicht gefunden **\n\nIhre Nachricht wurde nicht an {reader} zugestellt, weil die Adresse nicht gefunden wurde oder keine E-Mails empfangen kann.\n\nDie Antwort:\n\n550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces.\n", "5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try\n 550-5.1.1 double-checking the recipient's email address for typos or\n 550 5.1.1 unnecessary spaces. NoSuchUser gsmtp")),
    ("Google: an administrator's rule", BLAMELESS, in_fields("Mail Delivery Subsystem <mailer-daemon@googlemail.example>", "Delivery Status Notification (Failure)", "** Message blocked **\n\nYour message to {reader} has been blocked. See technical details below for more information.\n", "5.0.0", "smtp; Message bounced due to organizational settings.")),
    ("Yahoo: its new words for a mailbox", GONE, in_words("MAILER-DAEMON@yahoo.example", "Failure Notice", "Sorry, we were unable to deliver your message to the following address.\n\n<{reader}>:\n552: 1 Requested mail action aborted, mailbox not found\n")),
    ("Yahoo: complaints about us", BLAMELESS, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: host mta7.yahoodns.example[192.0.2.7] refused to talk to me: 421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints - 4.16.55.1", "4.7.0", "smtp; 421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints - 4.16.55.1")),
    ("Mimecast: no such recipient", GONE, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: 550 Invalid Recipient", "5.0.0", "smtp; 550 Invalid Recipient - https://community.mimecast.example/docs/DOC-1369#550 [k1dVxLt0M3uZ9A.uk12]")),
    ("Mimecast: an administrator's rule", BLAMELESS, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: 550 Administrative prohibition", "5.0.0", "smtp; 550 Administrative prohibition - https://community.mimecast.example/docs/DOC-1369#550 [k1dVxLt0M3uZ9A.uk12]")),
    ("Proofpoint: refused by its list", BLAMELESS, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: 554 Blocked", "5.0.0", "smtp; 554 Blocked - see https://ipcheck.proofpoint.example/?ip=192.0.2.1")),
    ("Proofpoint: refused without a word for why", BLAMELESS, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: 554 Mail refused", "5.0.0", "smtp; 554 ERROR: Mail refused - 192.0.2.1 - see https://support.proofpoint.example/dnsbl-lookup.cgi")),
    ("Zimbra over quota", SOFT, in_fields("MAILER-DAEMON@zimbra.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: host store.zimbra.example[10.0.0.2] said: 552 5.2.2 Over quota (in reply to end of DATA command)", "5.2.2", "smtp; 552 5.2.2 Over quota")),
    ("IceWarp: a full mailbox", SOFT, in_words("Mail Server <postmaster@icewarp.example>", "Delivery failure", "Your message could not be delivered to the following recipients:\n\n<{reader}>\n(Remote server: 552 <{reader}> mailbox size limit exceeded)\n")),
    ("IceWarp: no such user", GONE, in_words("Mail Server <postmaster@icewarp.example>", "Delivery failure", "Your message could not be delivered to the following recipients:\n\n<{reader}>\n(Remote server: 550 5.1.1 <{reader}> User unknown; rejecting)\n")),
    ("Lotus Notes in German", GONE, in_fields("Postmaster@domino.example", "ZUSTELLUNGSFEHLER: Benutzer ada nicht im Domino-Verzeichnis aufgeführt", "Ihre Nachricht\n\n  Betreff: The week\n\nwurde nicht zugestellt an:\n\n  {reader}\n\nda:\n\n  Benutzer ada ({reader}) nicht im Domino-Verzeichnis aufgeführt\n", "5.0.0", "X-Notes; 550 Benutzer ada ({reader}) nicht im Domino-Verzeichnis aufgeführt")),
    ("Lotus Notes of old", GONE, in_fields("Postmaster@domino.example", "DELIVERY FAILURE: User ada not listed in public Name & Address Book", "Your message\n\n  Subject: The week\n\nwas not delivered to:\n\n  {reader}\n\nbecause:\n\n  User ada not listed in public Name & Address Book\n", "5.1.1", "X-Notes; User ada not listed in public Name & Address Book")),
    ("Courier over quota", SOFT, in_fields('"Courier mail server at relay.example" <@>', "NOTICE: mail delivery status.", "UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<{reader}>:\n    >>> DATA\n    <<< 550 Mail quota exceeded.\n", "5.0.0", "smtp; 550 Mail quota exceeded.")),
    ("OpenSMTPD", GONE, in_words("Mailer Daemon <MAILER-DAEMON@relay.example>", "Delivery status notification: error", "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\n{reader}: 550 5.1.1 <{reader}>: Recipient address rejected: example.org\n\n    Below is a copy of the original message:\n\n{copy}")),
    ("OpenSMTPD warns", NOTHING, in_words("Mailer Daemon <MAILER-DAEMON@relay.example>", "Delivery status notification: warning", "    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    A message is delayed for more than 4h for the following\n    list of recipients:\n\n{reader}: 451 4.7.1 Greylisted\n\n    Please note that this is only a temporary failure report.\n    The message is kept in the queue for up to 4d.\n    You DO NOT NEED to re-send the message to these recipients.\n")),
    ("iCloud", SOFT, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: host mx.icloud.example[192.0.2.7] said: 552 5.2.2 <{reader}>: user is over quota", "5.2.2", "smtp; 552 5.2.2 <{reader}>: user is over quota")),
    ("GMX in German", SOFT, in_words("GMX Mailer Daemon <mailer-daemon@gmx.example>", "Mail delivery failed: returning message to sender", "Diese E-Mail wurde automatisch von dem Mailserver erstellt.\n\nIhre E-Mail konnte an die folgenden Adressen nicht zugestellt werden:\n\n{reader}:\n552 Das Postfach des Empfängers ist überfüllt\n", charset="iso-8859-15")),
    ("GMX refuses us", BLAMELESS, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: 554", "5.0.0", "smtp; 554-Transaction failed Reject due to policy restrictions. For explanation visit https://postmaster.gmx.example/case?c=r0603")),
    ("Orange in French", GONE, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: 550", "5.0.0", "smtp; 550 Adresse d au moins un destinataire invalide. OFR204_416 [416]")),
    ("La Poste refuses us", BLAMELESS, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: 550", "5.5.0", "smtp; 550 5.5.0 Service refuse. Veuillez essayer plus tard. Service refused, please try later. LPN007_510")),
    ("mail.ru", GONE, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: 550", "5.0.0", "smtp; 550 Message was not accepted -- invalid mailbox.  Local mailbox {reader} is unavailable: user not found")),
    ("QQ: too often", BLAMELESS, in_fields("PostMaster@qq.example", "=?utf-8?B?57O757uf6YCA5L+h?=", "很抱歉您发送的邮件被退回 {reader}", "5.0.0", "smtp; 550 Connection frequency limited")),
    ("163 without words", BLAMELESS, in_fields("postmaster@relay.example", "=?utf-8?B?57O757uf6YCA5L+h?=", "您的邮件未能投递 {reader}", "5.0.0", "smtp; 554 DT:SPM 163 mx9,PsCowAD3 1234,please see http://mail.163.example/help/help_spam_16.htm?ip=192.0.2.1")),
    ("docomo", GONE, in_fields("MAILER-DAEMON@docomo.example", "Mail System Error - Returned Mail", "This Message was undeliverable due to the following reason:\n\n550 Unknown user {reader}\n", "5.0.0", "smtp; 550 Unknown user {reader}")),
    ("Barracuda", BLAMELESS, in_fields("MAILER-DAEMON@relay.example (Mail Delivery System)", "Undelivered Mail Returned to Sender", "<{reader}>: 550", "5.0.0", "smtp; 550 permanent failure for one or more recipients ({reader}:blocked)")),
    ("an absence in Russian", NOTHING, in_words("Ада <ada.q@elsewhere.example>", "Автоматический ответ: The week", "Я в отпуске до понедельника. Сообщение не доставлено мне; срочное пишите на desk@example.org, кабинет 550.\n", "Auto-Submitted: auto-generated", charset="koi8-r")),
    ("an absence in Japanese", NOTHING, in_words("Ada <ada.q@elsewhere.example>", "自動応答: The week", "不在にしております。このアドレスには配信されません。desk@example.org までお願いします。\n", "Auto-Submitted: auto-generated", charset="iso-2022-jp")),
    ("somebody has left, in French", NOTHING, in_words("Ada <ada.q@elsewhere.example>", "Réponse automatique : The week", "J'ai quitté la société ; votre message n'est pas distribué. Écrivez à desk@example.org, bureau 550 5.1.1.\n", "Auto-Submitted: auto-generated")),
    ("a robot in Spanish", NOTHING, in_words("Soporte <soporte@elsewhere.example>", "Hemos recibido su mensaje", "No se ha podido asignar todavía su solicitud; escriba a desk@example.org si tarda más de 550 horas.\n", "Auto-Submitted: auto-replied")),
]  # fmt: skip
