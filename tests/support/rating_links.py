"""The links of mails that ask how the help was."""

import re
from email.message import EmailMessage

from tests.support.mailbox import html_of, text_of

LINK = re.compile(r"(http://127\.0\.0\.1:4566/api/rate)#token=([A-Za-z0-9_-]{43})&(?:amp;)?score=([1-5])")


def links_in(mail: EmailMessage) -> list[tuple[str, str, str]]:
    """Page, token and number of each link in a mail's text; its HTML must have the same."""
    found = LINK.findall(text_of(mail))
    assert LINK.findall(html_of(mail)) == found
    return found


def token_in(mail: EmailMessage) -> str:
    """The token that all links of the mail have, one for each number."""
    found = links_in(mail)
    (token,) = {token for _, token, _ in found}
    assert [score for _, _, score in found] == list("12345")
    return token
