"""Links over gateways lead where they say."""

import re

import pytest

from articles.prose.gateways import GATEWAYS, unwrapped

PLAIN = "https://example.org/a?b=1&c=d"
CODED = "https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26c%3Dd"
BASE64 = "aHR0cHM6Ly9leGFtcGxlLm9yZy9hP2I9MSZjPWQ"
# As programs and services write them.
OVER_GATEWAYS = [
    f"https://nam02.safelinks.protection.outlook.com/?url={CODED}&data=05%7C02&reserved=0",
    f"https://eur01.safelinks.protection.outlook.com/ap/w-59584e83/?url={CODED}&data=05",
    f"HTTPS://NAM02.SafeLinks.Protection.Outlook.com/?URL={CODED}",
    f"https://gcc02.safelinks.protection.office365.us/?url={CODED}",
    f"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url={CODED}",
    f"https://urldefense.proofpoint.com/v1/url?u={CODED}&k=x",
    "https://urldefense.proofpoint.com/v2/url?u="
    "https-3A__example.org_a-3Fb-3D1-26c-3Dd&d=DwMFaQ&c=x",
    "https://urldefense.com/v3/__https://example.org/a?b=1&c=d__;!!N96JrnIq8IfO5w!k$",
    "https://urldefense.com/v3/__https:/example.org/a*b=1&c=d__;Pw!!N96JrnIq8IfO5w!k$",
    "https://urldefense.us/v3/__https://example.org/a**A=1&c=d__;P2I!!N96JrnIq8IfO5w!k$",
    f"https://linkprotect.cudasvc.com/url?a={CODED}&c=E,1,x&typo=1",
    f"https://protect2.fireeye.com/v1/url?k=1-2&q=1&e=3&u={CODED}",
    f"https://scanmail.trustwave.com/?c=4062&d=x&s=5&u={CODED}",
    f"https://ddec1-0-en-ctp.trendmicro.com/wis/clicktime/v1/query?url={CODED}&umid=x",
    f"https://ddec1-0-en-ctp.trendmicro.com:443/wis/clicktime/v1/query?url={CODED}",
    f"https://clicktime.symantec.com/3HBr/?u={CODED}",
    f"https://secure-web.cisco.com/1aB-c_d/{CODED}",
    f"https://eu-west-1.protection.sophos.com/?d=example.org&u={BASE64}=&i=x",
    f"https://eu-west-1.protection.sophos.com?d=example.org&u={BASE64}",
    f"https://url.avanan.click/v2/___{PLAIN}___.YXAzOmVu",
    f"https://deref-gmx.net/mail/client/x/dereferrer/?redirectUrl={CODED}",
    f"https://deref-mail.com/mail/client/x/dereferrer/?redirectUrl={CODED}&lang=en",
    f"https://www.google.com/url?sa=t&url={CODED}&ved=1",
    f"https://www.google.com/url?q={CODED}&sa=D&source=docs",
    f"http://google.co.uk/url?q={CODED}",
    f"https://www.google.de/imgres?q=ferry&imgurl=https%3A%2F%2Fx.example%2Fp.jpg&imgrefurl={CODED}",
    f"https://www.bing.com/ck/a?!&&p=x&u=a1{BASE64}&ntb=1",
    f"https://duckduckgo.com/l/?uddg={CODED}&rut=x",
    f"https://r.search.yahoo.com/_ylt=x;_ylu=y/RV=2/RE=1/RO=10/RU={CODED}/RK=2/RS=z-",
    f"https://l.facebook.com/l.php?u={CODED}&h=AT0&s=1",
    f"https://lm.facebook.com/l.php?u={CODED}",
    f"https://l.instagram.com/?u={CODED}&e=AT0",
    f"https://l.threads.net/?u={CODED}",
    f"https://l.wl.co/l?u={CODED}",
    f"https://www.linkedin.com/redir/redirect?url={CODED}&urlhash=x",
    f"https://www.linkedin.com/safety/go?url={CODED}",
    f"https://www.youtube.com/redirect?event=video_description&redir_token=x&q={CODED}",
    f"https://out.reddit.com/t3_x?url={CODED}&token=y",
    f"https://away.vk.com/away.php?to={CODED}&cc_key=",
    f"https://t.umblr.com/redirect?z={CODED}&t=x",
    f"https://slack-redir.net/link?url={CODED}",
    f"https://steamcommunity.com/linkfilter/?u={CODED}",
    f"https://link.zhihu.com/?target={CODED}",
    f"https://disq.us/url?url={CODED}",
    f"https://link.edgepilot.com/s/0a1b2c3d/AbC-dEf_?u={CODED}",
    f"https://link.zixcentral.com/u/0a1b2c3d/AbC-dEf_?u={CODED}",
    f"https://safe.menlosecurity.com/{PLAIN}",
    f"https://yandex.ru/clck/jsredir?from=yandex.ru&text=&url={CODED}",
    f"https://go.redirectingat.com/?id=1X2&xs=1&url={CODED}",
    f"https://go.skimresources.com?id=1X2&xs=1&url={CODED}",
    f"https://redirect.viglink.com/?key=x&u={CODED}",
    f"https://go.bsky.app/redirect?u={CODED}",
    f"https://weibo.cn/sinaurl?luicode=1&u={CODED}",
    f"https://getpocket.com/redirect?url={CODED}&h=x",
    # Their siblings: other hosts, other paths, the same host in more letters
    f"https://safelinks.protection.outlook.com/?url={CODED}",
    f"https://chn01.safelinks.protection.partner.outlook.cn/?url={CODED}",
    f"https://apc01.safelinks.protection.outlook.com/GetUrlReputation/?url={CODED}",
    f"https://nam.safelink.emails.azure.net/redirect/?destination={CODED}&p=x",
    f"https://protect.fireeye.com/v1/url?u={CODED}",
    f"https://clicktime.cloud.postoffice.net/clicktime.php?U={CODED}",
    f"https://secure-web.cisco.com/1aB-c_d/{PLAIN}",
    f"https://protect.checkpoint.com/v2/___{PLAIN}___.YXAzOmVu",
    f"https://url.avanan.click/v2/r01/___{PLAIN}___.YXAzOmVu",
    f"https://urlsand.esvalabs.com/?u={CODED}&e=x",
    f"https://deref-web-02.de/mail/client/x/dereferrer/?redirectUrl={CODED}",
    f"https://deref-1und1.de/mail/client/x/dereferrer/?redirectUrl={CODED}",
    f"https://click.redditmail.com/CL0/{CODED.replace('%3A', ':', 1)}/1/01000193-x/y=1",
    f"https://tracking.example.com/CL0/{CODED}/2/01000193-x/y=1",
    "https://www.google.com/amp/s/example.org/a?b=1&c=d",
    "https://example-org.cdn.ampproject.org/c/s/example.org/a?b=1&c=d",
    "https://example-org.cdn.ampproject.org/v/s/example.org/a?b=1&c=d",
    f"https://scholar.google.com/scholar_url?url={CODED}&hl=en",
    f"https://www.googleadservices.com/pagead/aclk?sa=L&adurl={CODED}",
    f"https://googleads.g.doubleclick.net/aclk?adurl={CODED}",
    f"https://plus.url.google.com/url?q={CODED}",
    f"https://cn.bing.com/ck/a?!&&p=x&u=a1{BASE64}",
    f"https://html.duckduckgo.com/l/?uddg={CODED}",
    f"https://uk.search.yahoo.com/r/_ylt=x/RU={CODED}",
    f"https://l.workplace.com/l.php?u={CODED}",
    f"https://l.meta.com/?u={CODED}",
    f"https://www.linkedin.com/redir/redirect/?url={CODED}",
    f"https://www.linkedin.com/redir/general-malware-page?url={CODED}",
    f"https://music.youtube.com/redirect?q={CODED}",
    f"https://www.tumblr.com/redirect?z={CODED}",
    f"https://api.asm.skype.com/v1/url?url={CODED}",
    f"https://t.me/iv?url={CODED}&rhash=x",
    f"https://www.pinterest.co.uk/offsite/?url={CODED}",
    f"https://www.tiktok.com/link/v2?aid=1&target={CODED}",
    f"https://gate.sc/?url={CODED}",
    f"https://medium.com/r/?url={CODED}",
    f"https://steamcommunity.com/linkfilter/?url={CODED}",
    f"https://link.juejin.cn/?target={CODED}",
    f"https://outgoing.prod.webservices.mozgcp.net/v1/0a1b/{CODED}",
    f"https://href.li/?{PLAIN}",
    f"https://dereferer.me/?{CODED}",
    f" https://WWW.GOOGLE.COM.:443/url?q={CODED}\n",
    f"https://www.google.com/url?q={CODED.replace('%', '%25')}",
]
AS_THEY_ARE = [
    PLAIN,
    "",
    "mailto:desk@example.org",
    "/strait/",
    "https://[broken/?url=x",
    # What people mean to link to, though an address stands in it.
    f"https://www.facebook.com/sharer.php?u={CODED}",
    f"https://web.archive.org/web/2024/{PLAIN}",
    f"https://example.org/?url={CODED}",
    f"https://notgoogle.com/url?q={CODED}",
    f"https://safelinks.protection.outlook.com.example.org/?url={CODED}",
    "https://www.google.com/search?q=https://example.org/",
    # Nothing that a website could be stands behind them.
    "https://www.google.com/url?q=javascript:alert(1)",
    "https://www.google.com/url?q=/search",
    "https://www.google.com/url?q=https://user:pass@example.org/",
    "https://www.google.com/url?" + "a=b&" * 200 + f"q={CODED}",
    "https://eu.protection.sophos.com/?d=example.org&u=%%%",
    "https://urldefense.com/v3/__x__;!!y!z$",
    "https://t.co/x",
    "https://lnkd.in/x",
    "https://protect-us.mimecast.com/s/abc?domain=example.org",
    f"https://www.google.com/url?q={CODED}&x=" + "y" * 8_000,
    # Nor where an address has what is no part of one, or what only looks like the gateway
    "https://www.google.com/url?q=https%3A%2F%2Fexample.org%2F%00a",
    "https://www.google.com/url?q=https%3A%2F%2Fexample.org%2F%E2%80%AEa",
    "https://www.google.com/url?q=https%3A%2F%2Fexa%22mple.org%2F",
    "https://www.google.com/url?q=https%3A%2F%2Fexample.org%2F%3Cb%3E",
    "https://www.google.com/url?q=https%3A%2F%2Fexample.org%5C%40evil.example%2F",
    "https://www.google.com/url?q=javascript%3A%2F%2Fexample.org%2F%250aalert(1)",
    "https://www.google.com/url?q=data%3Atext%2Fhtml%2Cx",
    "https://www.google.com/url?q=//example.org/a",
    "https://www.google.com/amp/s/user@example.org/a",
    "https://www.google.com/amp/s/localhost/a",
    f"https://www.google.com@evil.example/url?q={CODED}",
    f"https://user@www.google.com/url?q={CODED}",
    f"https://evil.example:443/www.google.com/url?q={CODED}",
    f"https://translate.google.com/translate?u={CODED}",
    f"https://wa.me/?text={CODED}",
]


@pytest.mark.parametrize("url", OVER_GATEWAYS)
def test_a_link_over_a_gateway_leads_to_what_stands_behind_it(url):
    assert unwrapped(url) == PLAIN


@pytest.mark.parametrize("url", AS_THEY_ARE)
def test_every_other_link_stays_as_it_is(url):
    assert unwrapped(url) is None


def test_each_gateway_is_tried():
    """One example at least begins as each of them does."""
    tried = [one.split("://", 1)[1] for one in OVER_GATEWAYS]
    assert len(GATEWAYS) == 58
    for gateway in GATEWAYS:
        assert any(re.match(gateway.begins, url, re.I) for url in tried), gateway


def test_a_gateway_behind_a_gateway_is_passed_as_well():
    """And a place on the page is kept, wherever it stands."""
    first = "https://l.facebook.com/l.php?u=https%253A%252F%252Fexample.org%252Fa%2523b"
    both = f"https://x.safelinks.protection.outlook.com/?url={first.replace('?', '%3F')}"
    assert unwrapped(both.replace("=https%25", "%3Dhttps%25")) == "https://example.org/a#b"
    assert unwrapped("https://www.google.com/url?q=https%3A%2F%2Fexample.org%2F#b") == (
        "https://example.org/#b"
    )
    assert unwrapped("https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa%20b") == (
        "https://example.org/a%20b"
    )
