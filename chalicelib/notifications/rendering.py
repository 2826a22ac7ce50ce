"""Rendering: a mail's subject, text and HTML, in the workspace's language."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from chalicelib.models.words import Source
from chalicelib.notifications.claiming import Claim
from chalicelib.notifications.facts import Brand
from chalicelib.notifications.recipients import Occasion, Part, Recipient
from chalicelib.notifications.texts import LANGUAGES, language_of
from chalicelib.tickets import markdown

if TYPE_CHECKING:
    from chalicelib.notifications.writing import Written

FOLDER = Path(__file__).parent
DEFAULT_LANGUAGE = LANGUAGES[0]
# Others are told apart by their first sentence.
OWN_SUBJECTS = (
    *(Occasion.SLA_WARNED, Occasion.SLA_BREACHED, Occasion.ESCALATED, Occasion.ESCALATED_LATE),
    *(Occasion.RATING_DUE, Occasion.RATED, Occasion.RATED_LOW),
)

Language = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Rendered:
    """A mail's words."""

    subject: str
    text: str
    html: str
    language: str


def render(claim: Claim, recipient: Recipient, public_url: str = "", leave: str | None = None) -> Rendered:
    """The mail of one recipient; `public_url`: where its links lead; `leave`: the one that ends them."""
    code = language_of(claim.workspace.language)
    words = languages()[code]
    values = _values(claim, words)
    author, quoted, quoted_html = _quoted(claim, recipient)
    subject = words["subjects"][_subject(claim, recipient)].format_map(values)
    told = {
        "language": code,
        "subject": subject,
        "greeting": _greeting(claim, recipient, words),
        "lead": words["leads"][f"{claim.occasion}.{recipient.audience}"].format_map(values),
        "quoted": quoted,
        "quoted_html": quoted_html,
        "quoted_author": author or words["phrases"]["desk"],
        "quoted_by": words["phrases"]["quoted"].format(author=author or words["phrases"]["desk"]),
        "facts": list(_facts(claim, recipient, words)),
        "question": _question(claim, recipient, words, public_url),
        "footer": words["phrases"]["footer"].format(
            workspace=claim.workspace.name, reason=words["reasons"][recipient.audience]
        ),
        "leave": (words["phrases"]["leave"], leave) if leave else None,
        "workspace": claim.workspace.name,
        "brand": plain(claim.facts.brand) if _is_unproven(claim, recipient) else claim.facts.brand,
    }
    own = _own(claim, recipient, told, values, words)
    if own:
        subject = own.subject
        told |= {"subject": subject, "own_text": own.text, "own_html": own.html}
    name = "own" if own else "mail"
    text, html = (environment().get_template(f"{name}.{kind}").render(told) for kind in ("txt", "html"))
    return Rendered(subject, text, html, code)


def plain(brand: Brand) -> Brand:
    """The looks of a mail that a stranger can have us send to anybody: nothing that could advertise."""
    return Brand(color=brand.color)


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Language]:
    """What there is to say, by language: one TOML file each."""
    return {
        path.stem: tomllib.loads(path.read_text("utf-8")) for path in (FOLDER / "languages").glob("*.toml")
    }


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of mails; HTML escapes whatever it is given."""
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _own(
    claim: Claim, recipient: Recipient, told: Mapping[str, Any], values: Mapping[str, Any], words: Language
) -> "Written | None":
    """The desk's own words, where it has any: most have none, and load nothing for it."""
    if not claim.texts.by_kind:
        return None
    from chalicelib.notifications.writing import written

    return written(claim, recipient, told, values, words, is_unproven=_is_unproven(claim, recipient))


def _is_unproven(claim: Claim, recipient: Recipient) -> bool:
    """Whether a stranger could have us send this mail to anybody: the acknowledgement of a public request.

    It repeats nothing that was written, lest we carry advertising.
    """
    is_acknowledgement = claim.occasion is Occasion.CREATED and recipient.audience is Part.REQUESTER
    return is_acknowledgement and claim.facts.source in (Source.PUBLIC, Source.EMAIL)


def _subject(claim: Claim, recipient: Recipient) -> str:
    if _is_unproven(claim, recipient):
        return "acknowledgement"
    return claim.occasion if claim.occasion in OWN_SUBJECTS else "default"


def _greeting(claim: Claim, recipient: Recipient, words: Language) -> str:
    name = recipient.person.name.strip()
    if not name or _is_unproven(claim, recipient):
        return words["phrases"]["greeting_unknown"]
    return words["phrases"]["greeting"].format(name=name)


def _values(claim: Claim, words: Language) -> dict[str, Any]:
    facts, meta = claim.facts, claim.meta
    return {
        "actor": facts.actor or words["phrases"]["desk"],
        "requester": facts.requester,
        "team": facts.team,
        "label": facts.label,
        "subject": facts.subject,
        "workspace": claim.workspace.name,
        "due": facts.due or "—",
        "into": meta.get("into_label", "—"),
        "score": facts.score or "—",
        "percent": meta.get("percent", 100),
        "left_days": meta.get("left_days", "—"),
        "metric": words["metric"].get(str(meta.get("metric")), words["metric"]["resolution"]),
    }


def _quoted(claim: Claim, recipient: Recipient) -> tuple[str | None, str | None, Markup | None]:
    """Whose words the mail repeats, and which, as text and as HTML: a comment, or for the staff what a new
    ticket asks, which is no Markdown."""
    if claim.facts.comment:
        html = claim.facts.comment_html or markdown.as_written(claim.facts.comment)
        return claim.facts.author, claim.facts.comment, Markup(html)  # noqa: S704 - markdown.py made it
    is_new_to_them = claim.occasion in (Occasion.CREATED, Occasion.ASSIGNED, Occasion.TRANSFERRED)
    if is_new_to_them and recipient.audience is not Part.REQUESTER and _is_staff(recipient):
        asked = claim.facts.description
        return claim.facts.requester, asked, Markup(markdown.as_written(asked))  # noqa: S704 - and this
    return None, None, None


def _facts(claim: Claim, recipient: Recipient, words: Language) -> Iterator[tuple[str, str]]:
    names, facts = words["facts"], claim.facts
    yield names["label"], facts.label
    if not _is_unproven(claim, recipient):
        yield names["subject"], facts.subject
    yield names["status"], words["status"][facts.status]
    if not _is_staff(recipient):
        return
    yield names["priority"], words["priority"][facts.priority]
    yield names["type"], words["type"][facts.type]
    yield names["team"], facts.team
    yield names["requester"], facts.requester
    if facts.due:
        yield names["due"], facts.due


def _question(
    claim: Claim, recipient: Recipient, words: Language, public_url: str
) -> Mapping[str, Any] | None:
    """How the help was, for the requester alone: a link a number, whose page rates nothing by itself."""
    if claim.question is None or recipient.audience is not Part.REQUESTER:
        return None
    link = f"{public_url.rstrip('/')}/rate#token={claim.question.token}"
    numbers = range(1, 6)
    return {
        "text": words["question"]["text"],
        "scores": [(n, words["question"][f"score_{n}"], f"{link}&score={n}") for n in numbers],
        "until": words["question"]["until"].format(until=claim.question.until),
    }


def _is_staff(recipient: Recipient) -> bool:
    return recipient.person.role.is_staff
