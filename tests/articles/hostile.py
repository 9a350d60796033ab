"""What attackers type, and what stored prose may consist of at most."""

import re

import html5lib

PAYLOADS = [
    # scripts
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x00>alert(1)</script>",
    "<script/x>alert(1)</script\t\n bar>",
    "<script>alert(1)",
    "<<script>alert(1)//<</script>",
    "<script><!--<script>alert(1)</script>--></script>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script xlink:href=data:,alert(1) />",
    "<math><script>alert(1)</script></math>",
    "</p><script>alert(1)</script><p>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    # handlers
    "<img src=x onerror=alert(1)>",
    "<img src=x:x onerror\x0b=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img src='x'onerror='alert(1)'>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<body onload=alert(1)>words",
    "<p onclick=alert(1)>words</p>",
    "<p/onclick=alert(1)>words</p>",
    "<a href=/x onmouseover=alert(1)>words</a>",
    "<table background=javascript:alert(1)><tr onmouseover=alert(1)><td>words</table>",
    "<details open ontoggle=alert(1)>words</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src onloadstart=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>words</select>",
    "<marquee onstart=alert(1)>words</marquee>",
    "<figure data-image=1 onclick=alert(1)><figcaption onclick=alert(1)>words</figure>",
    "<aside class=pullquote onclick=alert(1)><p>words</p></aside>",
    "<small class=footnote onclick=alert(1)>words</small>",
    "<hr class=teaser-break onclick=alert(1)>",
    "<p style=animation-name:x onanimationend=alert(1)>words</p>",
    # addresses
    "<a href=javascript:alert(1)>words</a>",
    "<a href=JaVaScRiPt:alert(1)>words</a>",
    "<a href=' javascript:alert(1)'>words</a>",
    "<a href='java\tscript:alert(1)'>words</a>",
    "<a href='java\nscript:alert(1)'>words</a>",
    "<a href='java&#10;script:alert(1)'>words</a>",
    "<a href='java&Tab;script:alert(1)'>words</a>",
    "<a href='&#1;javascript:alert(1)'>words</a>",
    "<a href='\x01javascript:alert(1)'>words</a>",
    "<a href='&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74:alert(1)'>words</a>",
    "<a href='&#0000106&#0000097&#0000118&#0000097&#0000115cript:alert(1)'>words</a>",
    "<a href='javascript&colon;alert(1)'>words</a>",
    "<a href='javascript\u200b:alert(1)'>words</a>",
    "<a href='vbscript:msgbox(1)'>words</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>words</a>",
    "<a href='blob:https://x.example/1'>words</a>",
    "<a href='file:/" + "//etc/passwd'>words</a>",
    "<a href='view-source:javascript:alert(1)'>words</a>",
    "<a href=//evil.example>words</a>",
    "<a href='/\\evil.example'>words</a>",
    "<a href='\\\\evil.example'>words</a>",
    "<a href='/\t/evil.example'>words</a>",
    "<a href='https:evil.example'>words</a>",
    "<a href='https:/evil.example'>words</a>",
    "<a href='https://good.example@evil.example/'>words</a>",
    "<a href='https://good.example\u202e/moc.live'>words</a>",
    "<a href='https://x.example/\"onclick=alert(1)//'>words</a>",
    "<a href='https://x.example/<script>alert(1)</script>'>words</a>",
    "<a href='mailto:a@b.example%0d%0abcc:c@d.example\r\nbcc:x'>words</a>",
    "<a href='x' href='javascript:alert(1)'>words</a>",
    "<a xlink:href='javascript:alert(1)'>words</a>",
    "<svg><a xlink:href='javascript:alert(1)'><text>words</text></a></svg>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>words</button></form>",
    "<base href=javascript:alert(1)//>",
    # frames and objects
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<frameset><frame src=javascript:alert(1)></frameset>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<applet code=x>words</applet>",
    "<figure data-embed=youtube data-id='\"><script>alert(1)</script>'></figure>",
    "<figure data-embed=youtube data-id='../../evil'></figure>",
    "<figure data-embed=vimeo data-id='1?x=javascript:alert(1)'></figure>",
    "<figure data-embed=bluesky data-id='evil.example/../../x'></figure>",
    "<figure data-embed=pdf data-id='javascript:alert(1)//.pdf'></figure>",
    "<figure data-embed=pdf data-id='https://x.example/a\"onclick=alert(1).pdf'></figure>",
    "<figure data-embed=evil data-id=1></figure>",
    "<figure data-embed=constructor data-id=1></figure>",
    "<figure data-image='1 onerror=alert(1)'></figure>",
    """<figure data-image=1 data-alt='"><img src=x onerror=alert(1)>'>words</figure>""",
    """<figure data-image=1 data-alt='<figure data-image="7">'></figure>""",
    "<figure data-image=-1><figcaption>words</figcaption></figure>",
    # looks
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<p style='background:url(javascript:alert(1))'>words</p>",
    "<p style='position:fixed;inset:0'>words</p>",
    "<p class='masthead' id='main' title='x' lang='xx' dir='rtl'>words</p>",
    "<a href=/x target=_blank rel=opener ping=//evil.example download>words</a>",
    # what one parser reads otherwise than another
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><mi><b><style><b title='</style><iframe onload=alert(1)<!--'></style>",
    "<svg><foreignobject><p><style><!--</style><img src onerror=alert(1)>--></style>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<noembed><img src=x onerror=alert(1)></noembed>",
    "<template><img src=x onerror=alert(1)></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--!><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><img src=x onerror=alert(1)>",
    "<!DOCTYPE x [<!ENTITY y '<script>alert(1)</script>'>]>&y;",
    "</ <img src=x onerror=alert(1)>",
    "<p title='&quot;&gt;<img src=x onerror=alert(1)>'>words",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "<a href='https://x.example/' <img src=x onerror=alert(1)>words</a>",
    "<p x='`-alert(1)-`'>`words`</p>",
    "＜script＞alert(1)＜/script＞",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<table><td><a href=/x><table><td><a href=javascript:alert(1)>words",
    "<b><i></b><script></i>alert(1)</script>",
]

SPANS = {"colspan": r"\d{1,2}", "rowspan": r"\d{1,2}"}
INLINE = {"a", "strong", "em", "sub", "sup", "code", "s", "br", "small"}
# What each element may have, but for those that may have nothing.
ATTRIBUTES = {
    "a": {"href": r"https?://[^/@\\?#]+([/?#].*)?|mailto:[^/].*|/(?![/\\]).*|#.+"},
    "ol": {"start": r"-?\d{1,6}"},
    "th": {"scope": "row|col|rowgroup|colgroup", **SPANS},
    "td": SPANS,
    "hr": {"class": "teaser-break"},
    "aside": {"class": "pullquote"},
    "small": {"class": "footnote"},
    "figure": {
        "data-image": r"[1-9]\d*",
        "data-alt": r".{1,400}",
        "data-embed": "youtube|vimeo|x|bluesky|documentcloud|pdf",
        "data-id": r"[^\s\"'<>\\]+",
    },
}
# Where each element may stand; "" is the top.
TOP = {""}
LISTED = {"", "li", "td", "th", "blockquote"}
PARENTS = {
    "p": LISTED | {"aside"},
    "ul": LISTED,
    "ol": LISTED,
    "li": {"ul", "ol"},
    **dict.fromkeys(("h2", "h3", "blockquote", "table", "aside", "figure", "hr"), TOP),
    **{name: {"table"} for name in ("caption", "thead", "tbody")},
    "tr": {"thead", "tbody"},
    "th": {"tr"},
    "td": {"tr"},
    "figcaption": {"figure"},
    **{
        name: {"p", "h2", "h3", "li", "td", "th", "caption", "figcaption"} | INLINE - {"br", name}
        for name in INLINE
    },
    "small": {"p", "h2", "h3", "li", "td", "th"},
}


def faults(html: str, anywhere: bool = False) -> list[str]:
    """What a browser would find in `html` that stored prose must not have; `anywhere` asks only
    for what it must not have at all, not for where the rest of it stands."""
    found: list[str] = []

    def visit(node, parent: str) -> None:
        if not isinstance(node.tag, str):
            found.append(f"a comment: {node}")
            return
        name = node.tag
        if name not in PARENTS:
            found.append(f"<{name}>")
            return
        for attribute, value in node.attrib.items():
            form = ATTRIBUTES.get(name, {}).get(attribute)
            if form is None or not re.fullmatch(form, value, re.I | re.S):
                found.append(f"{name} {attribute}={value!r}")
            words = value.replace(" ", "") if attribute == "data-alt" else value
            if re.search(r"[\x00-\x20\x7f-\x9f]", words):
                found.append(f"control character in {name} {attribute}={value!r}")
        if parent not in PARENTS[name] and not anywhere:
            found.append(f"<{name}> in <{parent}>")
        for child in node:
            visit(child, name)

    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    bare = [tree.text, *(node.tail for node in tree)]
    if not anywhere and any(text and text.strip() for text in bare):
        found.append("text outside of a block")
    for node in tree:
        visit(node, "")
    return found
