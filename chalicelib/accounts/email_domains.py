"""Email domains as organisations have them: one spelling, exact, and nobody's mailbox provider.

A domain matches itself alone: whoever writes from a subdomain may be somebody else's customer or guest.
"""

from chalicelib.accounts.emails import address

# Anybody can have a mailbox there, so the domain says nothing of who belongs together.
PROVIDERS = frozenset(
    """
    gmail.com googlemail.com
    outlook.com outlook.es outlook.fr outlook.de outlook.it outlook.pt outlook.com.br outlook.jp outlook.in
    hotmail.com hotmail.es hotmail.fr hotmail.de hotmail.it hotmail.co.uk hotmail.com.br hotmail.com.ar
    live.com live.com.mx live.com.ar live.co.uk live.fr live.nl live.it msn.com passport.com windowslive.com
    yahoo.com yahoo.es yahoo.fr yahoo.de yahoo.it yahoo.co.uk yahoo.co.in yahoo.in yahoo.co.jp yahoo.ca
    yahoo.com.ar yahoo.com.br yahoo.com.mx yahoo.com.co yahoo.com.au ymail.com rocketmail.com myyahoo.com
    icloud.com me.com mac.com privaterelay.appleid.com
    proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.com tuta.io tutamail.com
    aol.com aim.com mail.com email.com usa.com gmx.com gmx.de gmx.net gmx.at gmx.ch gmx.es gmx.fr web.de
    t-online.de freenet.de posteo.de mailbox.org fastmail.com fastmail.fm hey.com hushmail.com zoho.com
    zohomail.com inbox.com startmail.com runbox.com duck.com relay.firefox.com mozmail.com simplelogin.com
    yandex.com yandex.ru ya.ru mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru ukr.net
    qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com
    naver.com hanmail.net daum.net kakao.com rediffmail.com
    orange.fr wanadoo.fr free.fr sfr.fr laposte.net bbox.fr neuf.fr libero.it virgilio.it tiscali.it alice.it
    tin.it terra.com terra.com.br uol.com.br bol.com.br ig.com.br globo.com telefonica.net movistar.es
    telmex.com prodigy.net.mx une.net.co etb.net.co sapo.pt wp.pl o2.pl onet.pl interia.pl
    seznam.cz centrum.cz
    ziggo.nl planet.nl kpnmail.nl home.nl telenet.be skynet.be bluewin.ch
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com
    btinternet.com virginmedia.com sky.com talktalk.net ntlworld.com blueyonder.co.uk rogers.com shaw.ca
    sympatico.ca bigpond.com optusnet.com.au
    mailinator.com yopmail.com guerrillamail.com sharklasers.com 10minutemail.com temp-mail.org trashmail.com
    maildrop.cc dispostable.com getnada.com
    """.split()  # noqa: SIM905
)


def domain(text: str) -> str:
    """The one spelling of a domain, `@` before it or not, as the emails of its owners have it.

    ValueError, with a sentence, for what is none, and for one whose mailboxes are anybody's.
    """
    given = text.strip().removeprefix("@")
    if given.startswith((".", "*")):
        raise ValueError("A domain stands for itself alone. List its subdomains one by one.")
    try:
        found = address(f"a@{given}").removeprefix("a@")
    except ValueError:
        raise ValueError("This is no domain of email addresses, such as acme.example.") from None
    if found in PROVIDERS:
        raise ValueError(f"Anybody can have a mailbox at {found}, so it is no organisation's.")
    return found


def domain_of(email: str) -> str:
    """The domain of a normalised address."""
    return email.rpartition("@")[2]
