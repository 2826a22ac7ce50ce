"""Facts of other desks as ours can be: texts, times, addresses, tags. What had to change is told. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import accumulate
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from chalicelib.accounts.emails import address
from chalicelib.channels import decoding, html_text
from chalicelib.imports.shapes import Comment, Person, Rating, Ticket, Unfit
from chalicelib.models.words import Status, Visibility

MAX_SUBJECT, MAX_TEXT_BYTES, MAX_NAME, MAX_ID = 200, 65_536, 150, 200
MAX_TAG, MOST_TAGS, MOST_COMMENTS, MOST_WATCHERS = 50, 50, 5000, 20
MAX_CATEGORY, MAX_RATING = 100, 2000
# Of one ticket: what more would take to write and to index is longer than a statement may last.
MOST_SAID_BYTES = 2 * 1024 * 1024
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# Clocks differ; what lies further ahead was never so.
TOLERANCE = timedelta(minutes=5)
NO_TEXT = "…"
NO_SUBJECT = {"en": "(no subject)", "es": "(sin asunto)"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What an import says of its file, and the moment it is read at. `values`: what words of the file mean
    here, by field; `columns`: of a CSV file, what stands where."""

    now: datetime
    zone: ZoneInfo
    language: str
    window: timedelta
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    custom_fields: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None

    def meant(self, field: str, word: str) -> str | None:
        """What the import says that a word of the file means, in any case."""
        return self.values.get(field, {}).get(folded(word))


def folded(word: str) -> str:
    return " ".join(normalize("NFKC", word).casefold().split())


def external_id(value: Any) -> str:
    """A system's own id. Raises Unfit where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
        raise Unfit("no_id", "The row has no id.")
    kept = decoding.line(str(value), MAX_ID + 1)
    if len(kept) > MAX_ID or not kept:
        raise Unfit("no_id", f"The id is longer than {MAX_ID} characters.")
    return kept


def text_id(*parts: Any) -> str:
    """An id for what has none of its own: the same for the same words."""
    return f"sha256:{sha256(repr(parts).encode('utf-8', 'replace')).hexdigest()}"


def said(value: Any) -> str:
    """A text as it may be kept; empty for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return decoding.lines(str(value)).strip()


def body(plain: Any, html: Any = None) -> str:
    """A text, or else what its HTML says."""
    text = said(plain)
    if text or not isinstance(html, str):
        return text
    return decoding.lines(html_text.plain(html)).strip()


def fitted(text: str, told: Callable[[], None]) -> str:
    """As much of a text as a description or a comment holds; `told` is called where that is not all."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= MAX_TEXT_BYTES:
        return text
    told()
    return raw[: MAX_TEXT_BYTES - 4].decode("utf-8", "ignore").rstrip() + "\n…"


def email(value: Any) -> str | None:
    """The address as ours are kept; None for what is none."""
    if not isinstance(value, str):
        return None
    try:
        return address(value)
    except ValueError:
        return None


def person(value: Any, *, staff: bool = False) -> Person | None:
    """Somebody as `{email, name}` says; None where neither is said."""
    if not isinstance(value, Mapping):
        return None
    found, name = email(value.get("email")), decoding.line(said(value.get("name")), MAX_NAME)
    if not (found or name):
        return None
    return Person(found, name or str(found)[:MAX_NAME], staff)


def moment(value: Any, reading: Reading) -> datetime | None:
    """An instant in UTC, None for none. Raises Unfit for what is no time; one without a zone is in the
    import's."""
    text = said(value)
    if not text:
        return None
    try:
        if reading.date_format:
            found = datetime.strptime(text, reading.date_format)
        else:
            found = datetime.fromisoformat(re.sub(r"\s*(?:UTC|GMT)$", "+00:00", text))
        return (found if found.tzinfo else found.replace(tzinfo=reading.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit("bad_time", f"“{text[:60]}” is no time that can be read.") from None


@dataclass(frozen=True, slots=True)
class Words:
    """A closed set of ours, what another desk's words for it mean, and what holds where it says nothing."""

    ours: type[StrEnum]
    meanings: Mapping[str, StrEnum]
    otherwise: StrEnum


def classify(ticket: Ticket, given: Mapping[str, tuple[Any, Words]], reading: Reading) -> None:
    """Sets the fields to our words for theirs, and tells of those that mean nothing here."""
    for name, (value, words) in given.items():
        text = said(value)
        meant = reading.meant(name, text)
        found = words.ours(meant) if meant is not None else words.meanings.get(folded(text))
        if found is None and text:
            told = f"“{text[:60]}” means no {name} here: it is “{words.otherwise}” now."
            ticket.changed.append((f"{name}_unknown", f"{told} The mapping's values can say it."))
        setattr(ticket, name, found or words.otherwise)


def tags(values: Any) -> tuple[tuple[str, ...], tuple[str, str] | None]:
    """Tags as ours are: in lower case, without spaces and commas, at most fifty of fifty characters."""
    given = values if isinstance(values, list) else []
    words = [re.sub(r"[\s,]+", "_", decoding.line(said(each), 200).lower()).strip("_") for each in given]
    kept = tuple(dict.fromkeys(each[:MAX_TAG] for each in words if each))
    if len(kept) > MOST_TAGS:
        return kept[:MOST_TAGS], ("tags_cut", f"A ticket has {MOST_TAGS} tags at most: the first are kept.")
    return kept, None


def settle(ticket: Ticket, reading: Reading) -> Ticket:
    """The ticket with its texts cut and its times in their order, as the desk would have them. Raises
    Unfit."""
    _times(ticket, reading)
    subject = decoding.line(ticket.subject, 100_000)
    if len(subject) > MAX_SUBJECT:
        ticket.changed.append(("subject_cut", f"Of its {len(subject)} characters {MAX_SUBJECT} stay."))
        subject = subject[: MAX_SUBJECT - 1].rstrip() + "…"
    ticket.subject = subject or NO_SUBJECT.get(reading.language, NO_SUBJECT["en"])
    _comments(ticket, reading)
    said = (each.body for each in ticket.comments if each.visibility is Visibility.PUBLIC)
    first = next(said, NO_TEXT)
    cut = ("description_cut", "The description is longer than 64 kB: the rest is cut.")
    ticket.description = fitted(ticket.description or first, lambda: ticket.changed.append(cut))
    ticket.tags, told = tags(list(ticket.tags))
    ticket.changed += [told] if told else []
    for name in ("category", "subcategory"):
        value = getattr(ticket, name)
        setattr(ticket, name, decoding.line(value, MAX_CATEGORY) or None if value else None)
    if ticket.rating is not None:
        _rate(ticket, ticket.rating)
    return ticket


def _times(ticket: Ticket, reading: Reading) -> None:
    """Nothing comes before the ticket or after now. What was resolved longer ago than its window is closed,
    as it would be here."""
    if ticket.created_at > reading.now + TOLERANCE or ticket.created_at < EARLIEST:
        raise Unfit("bad_time", f"It was created on {ticket.created_at:%Y-%m-%d}.", ticket.external_id)
    ticket.created_at = min(ticket.created_at, reading.now)
    before = (ticket.updated_at, ticket.resolved_at, ticket.closed_at)

    def within(at: datetime) -> datetime:
        return min(max(at, ticket.created_at), reading.now)

    ticket.updated_at = within(ticket.updated_at)
    if ticket.status in (Status.RESOLVED, Status.CLOSED):
        ticket.resolved_at = within(ticket.resolved_at or ticket.closed_at or ticket.updated_at)
    else:
        ticket.resolved_at = None
    if ticket.status is Status.CLOSED:
        ticket.closed_at = max(within(ticket.closed_at or ticket.updated_at), ticket.resolved_at or EARLIEST)
    else:
        ticket.closed_at = None
    pairs = zip(before, (ticket.updated_at, ticket.resolved_at, ticket.closed_at), strict=True)
    if any(was and now and abs(now - was) > TOLERANCE for was, now in pairs):
        ticket.changed.append(("times_repaired", "A time lay before the ticket's beginning, or ahead."))
    if (
        ticket.status is Status.RESOLVED
        and ticket.resolved_at
        and ticket.resolved_at + reading.window < reading.now
    ):
        ticket.status, ticket.closed_at = Status.CLOSED, ticket.resolved_at + reading.window
    ticket.updated_at = max(filter(None, (ticket.updated_at, ticket.resolved_at, ticket.closed_at)))


def _comments(ticket: Ticket, reading: Reading) -> None:
    def told(code: str, detail: str) -> Callable[[], None]:
        return lambda: None if (code, detail) in ticket.changed else ticket.changed.append((code, detail))

    cut = told("comments_cut", "A comment is longer than 64 kB: the rest of it is cut.")
    kept: dict[str, Comment] = {}
    for each in ticket.comments:
        if each.body and each.external_id not in kept:
            at = min(max(each.created_at, ticket.created_at), reading.now)
            text = fitted(each.body, cut)
            kept[each.external_id] = Comment(
                each.external_id, each.author, each.visibility, text, at, each.source
            )
    ticket.comments = sorted(kept.values(), key=lambda each: each.created_at)
    sizes = accumulate(len(each.body.encode("utf-8", "replace")) for each in ticket.comments[:MOST_COMMENTS])
    fit = sum(1 for size in sizes if size <= MOST_SAID_BYTES)
    if fit < len(ticket.comments):
        ticket.changed.append(("comments_left", f"Of its {len(ticket.comments)} comments {fit} are taken."))
        ticket.comments = ticket.comments[:fit]
    ticket.watchers = ticket.watchers[:MOST_WATCHERS]


def _rate(ticket: Ticket, rating: Rating) -> None:
    ended = ticket.resolved_at or ticket.closed_at
    if ended is None or not 1 <= rating.score <= 5:
        ticket.changed.append(("rating_left", "What has not ended has no rating, and none is above 5."))
        ticket.rating = None
        return
    comment = decoding.lines(rating.comment or "").strip()[:MAX_RATING] or None
    ticket.rating = Rating(rating.score, comment, max(rating.rated_at or ended, ended))
