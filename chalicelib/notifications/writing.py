"""Writing a mail in a desk's own words: what its text is given, and what comes of it. Pure."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from chalicelib.core.mail import single_line
from chalicelib.notifications import mail_kinds, own_html
from chalicelib.notifications.mail_kinds import QUOTED_HTML, Kind
from chalicelib.notifications.recipients import Recipient
from chalicelib.notifications.sandbox import TextFailed, fill
from chalicelib.notifications.texts import Failure, OwnText
from chalicelib.tickets import markdown

if TYPE_CHECKING:
    from chalicelib.notifications.claiming import Claim

LONGEST_SUBJECT = 250

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """The words of a mail, to be put into its frame."""

    subject: str
    text: str
    html: Markup


def written(
    claim: "Claim",
    recipient: Recipient,
    told: Mapping[str, Any],
    said: Mapping[str, Any],
    words: Mapping[str, Mapping[str, str]],
    *,
    is_unproven: bool,
) -> Written | None:
    """The mail in the desk's own words. None where it has none, or they fail: then the default ones go out,
    and what failed is noted in the claim.

    `told` is what the templates of default mails get, `said` what their sentences may name.
    """
    name = mail_kinds.name_of(claim.occasion, recipient.audience, is_unproven=is_unproven)
    kind, own = mail_kinds.kinds().get(name), claim.texts.by_kind.get(name)
    if own is None or kind is None or (kind.is_for_staff and not recipient.person.role.is_staff):
        return None
    try:
        return write(own, given(kind, claim, recipient, told, said, words), strict=claim.texts.strict)
    except TextFailed as error:
        reason = str(error)
        log.warning("own text of a mail failed", extra={"kind": name, "reason": reason})
        claim.texts.failures.append(Failure(own, error.field, reason))
        return None


def write(own: OwnText, values: Mapping[str, Any], *, strict: bool = False) -> Written:
    """The text with these values. Raises TextFailed, also for what comes out empty; where it is strict, also
    for HTML that is not for mails."""
    plain = plainly(values)
    subject = single_line(fill(own.subject, "subject", plain))[:LONGEST_SUBJECT].rstrip()
    text = fill(own.text, "text", plain).strip("\r\n")
    if not subject:
        raise TextFailed("The subject comes out empty.", field="subject")
    if not text.strip():
        raise TextFailed("The text comes out empty.", field="text")
    raw = fill(own.html, "html", values) if own.html else markdown.as_written(text)
    if strict and (told := own_html.refused(raw)):
        raise TextFailed(told, field="html")
    if own_html.is_too_deep(raw):
        raise TextFailed(
            "The HTML is nested too deep, or has tags that not every program ends alike.", field="html"
        )
    html = own_html.clean(raw)
    if not html.strip():
        raise TextFailed("The HTML comes out empty.", field="html")
    return Written(subject, text, Markup(html))  # noqa: S704 - own_html.py or markdown.py made it


def plainly(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values without HTML, for subject and text."""
    group, _, name = QUOTED_HTML.partition(".")
    quoted = values.get(group)
    if not isinstance(quoted, Mapping):
        return values
    return {**values, group: {key: value for key, value in quoted.items() if key != name}}


def given(
    kind: Kind,
    claim: "Claim",
    recipient: Recipient,
    told: Mapping[str, Any],
    said: Mapping[str, Any],
    words: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """What a text of this kind is filled in with: what the kind offers and no more, as dicts of texts."""
    facts, brand, person = claim.facts, told["brand"], recipient.person
    name = person.name.strip()
    flat = {
        "greeting": told["greeting"],
        "lead": told["lead"],
        "workspace.name": told["workspace"],
        "workspace.color": brand.color or "",
        "workspace.logo_url": brand.logo_url or "",
        "workspace.footer": brand.footer or "",
        "ticket.label": facts.label,
        "ticket.subject": facts.subject,
        "ticket.status": words["status"][facts.status],
        "ticket.priority": words["priority"][facts.priority],
        "ticket.type": words["type"][facts.type],
        "ticket.due": facts.due or "",
        "team.name": facts.team,
        "requester.name": facts.requester,
        "recipient.name": name,
        "recipient.first_name": name.partition(" ")[0],
        "recipient.reason": words["reasons"][recipient.audience],
        "actor.name": said["actor"],
        "quoted.text": told["quoted"] or "",
        QUOTED_HTML: told["quoted_html"] or "",
        "quoted.author": told["quoted_author"] if told["quoted"] else "",
        "quoted.by": told["quoted_by"] if told["quoted"] else "",
        "sla.metric": said["metric"],
        "sla.due": said["due"],
        "sla.percent": said["percent"],
        "merged.into_label": said["into"],
        "rating.score": said["score"],
        "reminder.left_days": said["left_days"],
        "facts": [{"name": str(fact), "value": str(value)} for fact, value in told["facts"]],
    }
    values: dict[str, Any] = {}
    for each in kind.offers:
        group, _, part = each.partition(".")
        value = flat[each]
        value = value if isinstance(value, list | Markup) else str(value)
        if part:
            values.setdefault(group, {})[part] = value
        else:
            values[each] = value
    return values
