"""Door: calendars, the hours in which a desk keeps its promises."""

from typing import Any
from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.calendars import (
    CalendarChanged,
    CalendarIn,
    CalendarListed,
    CalendarOut,
    CalendarPatch,
    CalendarQuery,
    HolidaysTaken,
    PreviewOut,
    PreviewQuery,
)
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.holidays import HolidaysTakenIn, PublicHolidaysOut, PublicHolidaysQuery
from chalicelib.core import paging
from chalicelib.core.errors import ValidationFailed
from chalicelib.sla import calendar_setup, taking_holidays

routes = Routes(__name__, tag="Calendars")

OFFICE = {
    "name": "Office",
    "timezone": "Europe/Madrid",
    "weekly": {
        **{day: [["09:00", "14:00"], ["16:00", "19:00"]] for day in ("0", "1", "2", "3")},
        "4": [["09:00", "15:00"]],
    },
    "holidays": ["2026-12-25", {"yearly_from": "12-31", "yearly_to": "01-01", "name": "New Year"}],
}


@routes.get("/v1/calendars", summary="List the calendars", answer=Page[CalendarListed])
def list_calendars(call: Call, query: CalendarQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(calendar_setup.listing(call.tx, call.actor, page, query.sort))


@routes.post(
    "/v1/calendars", summary="Make a calendar", answer=CalendarOut, status=201, examples={"body": OFFICE}
)
def make_calendar(call: Call, body: CalendarIn) -> Answer:
    made = calendar_setup.make(call.tx, call.actor, _facts(dict(body)))
    return Answer(made, headers={"Location": f"/v1/calendars/{made['id']}"})


@routes.get("/v1/calendars/{calendar_id}", summary="One calendar", answer=CalendarOut)
def get_calendar(call: Call, calendar_id: UUID) -> Answer:
    return Answer(calendar_setup.get(call.tx, call.actor, calendar_id))


@routes.patch(
    "/v1/calendars/{calendar_id}",
    summary="Change a calendar; open targets are counted anew in the background",
    answer=CalendarChanged,
    examples={"body": {"holidays": ["2026-12-24", "2026-12-25"]}},
)
def change_calendar(call: Call, calendar_id: UUID, body: CalendarPatch) -> Answer:
    return Answer(calendar_setup.change(call.tx, call.actor, calendar_id, _facts(sent(body))))


@routes.delete("/v1/calendars/{calendar_id}", summary="Delete a calendar that no policy promises by")
def delete_calendar(call: Call, calendar_id: UUID) -> Answer:
    calendar_setup.delete(call.tx, call.actor, calendar_id)
    return Answer(None)


@routes.get(
    "/v1/calendars/{calendar_id}/preview",
    summary="When a promise would be due, and every interval up to then",
    answer=PreviewOut,
)
def preview_calendar(call: Call, calendar_id: UUID, query: PreviewQuery) -> Answer:
    return Answer(calendar_setup.preview(call.tx, call.actor, calendar_id, query.start, query.minutes))


@routes.post(
    "/v1/calendars/{calendar_id}/holidays",
    summary="Take holidays from a country's, or from an iCalendar file",
    answer=HolidaysTaken,
    examples={"body": {"country": "ES", "region": "CT", "years": [2026, 2027]}},
)
def take_holidays(call: Call, calendar_id: UUID, body: HolidaysTakenIn) -> Answer:
    if body.icalendar is not None:
        for name in ("country", "region", "years"):
            if getattr(body, name) is not None:
                raise ValidationFailed.of("icalendar", f"Send either this or {name}.")
        taken = taking_holidays.from_file(call.tx, call.actor, calendar_id, body.icalendar, body.name)
    elif body.name is not None:
        raise ValidationFailed.of("name", "Only a file has a name: send it with icalendar.")
    elif body.country is None:
        raise ValidationFailed.of("country", "Send either this or icalendar.")
    else:
        this_year = call.actor.now.year
        wanted = (body.country, body.region, body.years or [this_year, this_year + 1])
        taken = taking_holidays.of_country(call.tx, call.actor, calendar_id, *wanted)
    return Answer(taken)


@routes.get(
    "/v1/holidays",
    summary="Which public holidays are known, by country, region and year",
    answer=PublicHolidaysOut,
)
def list_holidays(call: Call, query: PublicHolidaysQuery) -> Answer:
    return Answer(taking_holidays.known(call.actor, query.country, query.region, query.year))


def _facts(fields: dict[str, Any]) -> dict[str, Any]:
    if fields.get("holidays") is not None:
        fields["holidays"] = [
            holiday.model_dump(by_alias=True, exclude_none=True) for holiday in fields["holidays"]
        ]
    return fields
