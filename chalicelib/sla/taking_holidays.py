"""Taking holidays for a calendar, from a country's or from a file; taken again, they are replaced."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import ValidationFailed
from chalicelib.sla import national_holidays
from chalicelib.sla.calendar_setup import FACTS, changed, held, require_admin
from chalicelib.sla.icalendar_holidays import read_icalendar

LONGEST_SOURCE = 100
NAMELESS = "icalendar:file"

Facts = Mapping[str, Any]


def of_country(
    tx: Transaction, actor: Actor, calendar_id: UUID, country: str, region: str | None, years: Sequence[int]
) -> dict[str, Any]:
    """The public holidays of a country or a region, in place of those that were taken of it for these years.

    Raises as `change` does.
    """
    require_admin(actor)
    taken = national_holidays.of(country, region, years, actor.workspace.language)
    if not taken:
        raise ValidationFailed.of("years", "No public holidays are known of these years.")
    before = held(tx, actor, calendar_id)
    source = national_holidays.source(country, region)
    in_years = {str(year) for year in years}
    kept = [
        each
        for each in before["holidays"]
        if not (each.get("source") == source and each.get("from", "")[:4] in in_years)
    ]
    taken = [{**each, "source": source} for each in taken]
    with _told_of("country"):
        return _with_holidays(tx, actor, before, kept, taken, [])


def from_file(
    tx: Transaction, actor: Actor, calendar_id: UUID, file: str, name: str | None
) -> dict[str, Any]:
    """The all-day events of an iCalendar file (RFC 5545), in place of those that were taken from one of the
    same name: the given one, the file's own (X-WR-CALNAME), or one made of its events. `skipped` in the
    answer says which others it has, and why. Raises as `change` does."""
    require_admin(actor)
    read = read_icalendar(file, actor.now.date())
    before = held(tx, actor, calendar_id)
    called = name or read.name
    source = f"icalendar:{called or f'#{read.mark}'}"[:LONGEST_SOURCE].strip()
    taken = [{**each, "source": source} for each in read.holidays]
    # Until files without a name were told apart, they all had this one.
    nameless = set() if called else {_days(each) for each in taken}
    # The file was not read further back, and what was free then stays so.
    earliest = f"{actor.now.year - 1}-01-01"
    kept = [
        each
        for each in before["holidays"]
        if (each.get("source") != source or (each.get("to") or each.get("from", "")) < earliest)
        and not (each.get("source") == NAMELESS and _days(each) in nameless)
    ]
    with _told_of("icalendar"):
        return _with_holidays(tx, actor, before, kept, taken, read.skipped)


def known(actor: Actor, country: str | None, region: str | None, year: int | None) -> dict[str, Any]:
    """All countries; of one of them its regions, and its holidays of a year, this one unless said."""
    actor.require(Permission.SLA_READ, "How the desk counts its hours is between colleagues.")
    if country is None and region is not None:
        raise ValidationFailed.of("region", "Say of which country it is one.")
    told: dict[str, Any] = {"countries": national_holidays.countries(), "regions": [], "holidays": []}
    if country is not None:
        language = actor.workspace.language
        told["regions"] = national_holidays.regions(country)
        told["holidays"] = national_holidays.of(country, region, [year or actor.now.year], language)
    return told


@contextmanager
def _told_of(field: str) -> Iterator[None]:
    """What is wrong with the holidays together is told of what they were taken from."""
    try:
        yield
    except ValidationFailed as refused:
        errors = [replace(each, field=field) if each.field == "holidays" else each for each in refused.errors]
        raise ValidationFailed(refused.detail, errors=errors) from refused


def _with_holidays(
    tx: Transaction,
    actor: Actor,
    before: Facts,
    kept: Sequence[Facts],
    taken: Sequence[Facts],
    skipped: Sequence[Facts],
) -> dict[str, Any]:
    staying = set(map(id, kept))
    gone = [each for each in before["holidays"] if id(each) not in staying]
    by_date = sorted(taken, key=lambda each: str(each.get("from") or each.get("yearly_from")))
    wanted = {name: before[name] for name in FACTS} | {"holidays": [*kept, *by_date]}
    after = changed(tx, actor, before, wanted)
    return {
        "calendar": after,
        "taken": by_date,
        **_news(gone, by_date),
        "skipped": list(skipped),
    }


def _news(gone: Sequence[Facts], taken: Sequence[Facts]) -> dict[str, list[Facts]]:
    """Day by day: what is new, what was there by another name or from another source, what is there no
    longer."""
    old = {_days(each): each for each in gone}
    new = {_days(each) for each in taken}
    return {
        "added": [each for each in taken if _days(each) not in old],
        "replaced": [each for each in taken if old.get(_days(each), each) != each],
        "removed": [each for each in gone if _days(each) not in new],
    }


def _days(holiday: Facts) -> tuple[Any, Any]:
    first = holiday.get("from") or holiday.get("yearly_from")
    return first, holiday.get("to") or holiday.get("yearly_to") or first
