"""Reports of mail that did not arrive. Pure."""

import re

from chalicelib.channels import automatic
from chalicelib.channels.fields import Fields
from chalicelib.channels.parts import Part

_DAEMON = re.compile(r"\b(?:mailer-?daemon|postmaster|mail delivery (?:sub)?system)\b", re.IGNORECASE)


def is_bounce(fields: Fields, root: Part) -> bool:
    """Whether this tells that a mail was not delivered, or not yet: a delivery report (RFC 3464), or a mail
    that takes no answer and is not the answer of somebody's machine."""
    if root.content_type == "multipart/report":
        said = root.parameters.get("report-type", "").lower()
        return said == "delivery-status" or (not said and _has(root, "message/delivery-status"))
    if "x-failed-recipients" in fields:
        return True
    nowhere = any(value.strip() in ("", "<>") for value in fields.get("return-path", ()))
    return nowhere and not automatic.is_answer(fields)


def _has(part: Part, kind: str) -> bool:
    return part.content_type == kind or any(_has(child, kind) for child in part.children)
