"""Email addresses: one spelling for each, and which ones may belong to a user.

Narrower than RFC 5321: no quoted local part, no address literal, no dotless domain; and ASCII before the @,
for SES cannot send to anything else. International domains are kept as IDNA writes them.
"""

import re
import unicodedata

from chalicelib.core.errors import ValidationFailed

MAX_LENGTH = 254
MAX_LOCAL_LENGTH = 64

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}")


def normalised(text: str) -> str:
    """The one spelling under which an address is kept and looked up. Takes any text, judges none."""
    trimmed = unicodedata.normalize("NFC", text.strip()).lower()
    local, at, domain = trimmed.rpartition("@")
    if domain.isascii() or len(domain) > MAX_LENGTH:
        return trimmed
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return trimmed


def without_tag(address: str) -> str:
    """desk+anything@mail.example is desk@mail.example."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def address(text: str) -> str:
    """The normalised address. ValueError, with a sentence, for what no user may have."""
    email = normalised(text)
    local, _, domain = email.rpartition("@")
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise ValueError("This is no email address.")
    if len(email) > MAX_LENGTH or len(local) > MAX_LOCAL_LENGTH:
        raise ValueError("This email address is too long.")
    return email


def valid_address(text: str, *, field: str = "email") -> str:
    """The same, but raises ValidationFailed about `field`."""
    try:
        return address(text)
    except ValueError as error:
        raise ValidationFailed.of(field, str(error)) from None
