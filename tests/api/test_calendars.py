"""Calendars: kept by admins, read by the staff; holidays by hand, by country, from files; previews."""

from typing import Any, ClassVar

import pytest

from tests.support.api import Api, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

OFFICE = {
    "name": "Office",
    "timezone": "Europe/Berlin",
    "weekly": {str(day): [["09:00", "17:00"]] for day in range(5)},
}
NINE_TO_FIVE = ["09:00", "17:00"]
NO_DAY = "This is no weekday: those are monday to sunday, or 0 (Monday) to 6 (Sunday)."
NO_WINDOWS = 'This must be a list of windows: [["09:00", "17:00"]].'
NO_WINDOW = 'This must be a window, its start and its end: ["09:00", "17:00"].'
NO_TIME = "This must be a time of day such as 09:00, or 24:00 for the end of the day."
NO_START = "No window begins at 24:00: that is 00:00 of the next day."
NO_ZONE = "This is no IANA time zone; Europe/Madrid is one."
FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Desk//EN
X-WR-CALNAME:Company days
{events}
END:VCALENDAR
"""


def make(ada: Api, **changes: Any) -> dict[str, Any]:
    reply = ada.post("/v1/calendars", {**OFFICE, **changes})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def event(*lines: str) -> str:
    return "\n".join(("BEGIN:VEVENT", "UID:1@desk", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"))


def nameless(uid: str, *days: str) -> str:
    """A file of such events, without X-WR-CALNAME."""
    events = [event("SUMMARY:Day", f"DTSTART;VALUE=DATE:{day}") for day in days]
    own = f"UID:{uid}\n" if uid else ""
    file = FILE.format(events="\n".join(events)).replace("UID:1@desk\n", own)
    return file.replace("X-WR-CALNAME:Company days\n", "")


def take(ada: Api, calendar: dict[str, Any], **body: Any) -> Reply:
    return ada.post(f"/v1/calendars/{calendar['id']}/holidays", body)


@pytest.fixture
def ada(api: Api, cast: Cast) -> Api:
    return api.with_token(cast.ada.token)


@pytest.fixture
def office(ada: Api) -> dict[str, Any]:
    return make(ada)


class TestMaking:
    def test_it_is_answered_whole(self, ada: Api) -> None:
        holidays = ["2026-12-25", {"yearly_from": "12-31", "yearly_to": "01-01", "name": "New Year"}]
        made = make(ada, holidays=holidays)

        assert made["weekly"] == OFFICE["weekly"]
        assert made["holidays"] == [{"from": "2026-12-25"}, holidays[1]]
        assert made["policies"] == []
        assert ada.get(f"/v1/calendars/{made['id']}").json == made

    def test_weekdays_may_come_by_name_and_closed_days_stay_out(self, ada: Api) -> None:
        made = make(ada, weekly={"Friday": [["09:00", "12:00"], ["13:00", "17:00"]], "sunday": []})

        assert made["weekly"] == {"4": [["09:00", "12:00"], ["13:00", "17:00"]]}

    @for_each(
        "fields, field, told",
        [
            ({"weekly": {}}, "weekly", "The calendar has no working time."),
            ({"weekly": {"0": []}}, "weekly", "The calendar has no working time."),
            ({"weekly": {"7": [NINE_TO_FIVE]}}, "weekly.7", NO_DAY),
            ({"weekly": {"Mon": [NINE_TO_FIVE]}}, "weekly.Mon", NO_DAY),
            ({"weekly": {"0": NINE_TO_FIVE}}, "weekly.0.0", NO_WINDOW),
            ({"weekly": {"0": [["09:00"]]}}, "weekly.0.0", NO_WINDOW),
            ({"weekly": {"0": "09:00-17:00"}}, "weekly.0", NO_WINDOWS),
            ({"weekly": {"0": [NINE_TO_FIVE] * 49}}, "weekly.0", "A weekday has 48 windows at most."),
            ({"weekly": {"Friday": [NINE_TO_FIVE, ["9:00", "17:00"]]}}, "weekly.Friday.1.0", NO_TIME),
            ({"weekly": {"0": [["09:00", "24:01"]]}}, "weekly.0.0.1", NO_TIME),
            ({"weekly": {"0": [[9, "17:00"]]}}, "weekly.0.0.0", NO_TIME),
            ({"weekly": {"0": [["24:00", "17:00"]]}}, "weekly.0.0.0", NO_START),
            (
                {"weekly": {"0": [NINE_TO_FIVE], "monday": []}},
                "weekly.monday",
                "This weekday is named twice.",
            ),
            ({"weekly": [NINE_TO_FIVE]}, "weekly", "This must be a JSON object."),
            ({"timezone": "Mars/Olympus"}, "timezone", NO_ZONE),
            ({"timezone": "../../etc/passwd"}, "timezone", NO_ZONE),
            ({"timezone": "localtime"}, "timezone", NO_ZONE),
            ({"timezone": "Factory"}, "timezone", NO_ZONE),
            ({"timezone": "posixrules"}, "timezone", NO_ZONE),
            ({"timezone": "posix/UTC"}, "timezone", NO_ZONE),
            ({"timezone": "+01:00"}, "timezone", NO_ZONE),
            ({"holidays": ["2026-02-28", "2026-02-30"]}, "holidays.1", "This day does not exist."),
            ({"holidays": [{"from": "2026-02-30"}]}, "holidays.0.from", "This day does not exist."),
            ({"holidays": ["25.12.2026"]}, "holidays.0", "This must be a date such as 2026-12-25."),
            (
                {"holidays": [{"from": "2026-05-02", "to": "2026-05-01"}]},
                "holidays.0.to",
                "A holiday cannot end before it begins.",
            ),
            (
                {"holidays": [{"from": "2026-05-02", "yearly_from": "05-01"}]},
                "holidays.0",
                "A holiday has either from or yearly_from.",
            ),
            ({"holidays": [{"name": "Day"}]}, "holidays.0", "A holiday has either from or yearly_from."),
            ({"holidays": [{"yearly_from": "02-30"}]}, "holidays.0.yearly_from", "No year has this day."),
            (
                {"holidays": ["2026-05-01", {"yearly_from": "12-24", "yearly_to": "1-6"}]},
                "holidays.1.yearly_to",
                "This must be a month and a day such as 12-25.",
            ),
            (
                {"holidays": [{"yearly_from": "01-01", "yearly_to": "12-31"}]},
                "holidays",
                "These holidays leave no working time.",
            ),
            ({"holidays": "2026-01-01"}, "holidays", "This must be a list."),
            ({"holidays": ["2026-01-01"] * 1001}, "holidays", None),
            ({"name": ""}, "name", None),
        ],
    )
    def test_case_s16_what_cannot_be_is_422_and_says_where(
        self, ada: Api, fields: dict[str, Any], field: str, told: str | None
    ) -> None:
        reply = ada.post("/v1/calendars", {**OFFICE, **fields})

        assert (reply.status, reply.code) == (422, "VALIDATION_ERROR"), reply.text
        assert {each["field"] for each in reply.json["errors"]} >= {field}
        assert told in (None, reply.json["errors"][0]["message"])

    @for_each(
        "weekly, field, other",
        [
            ({"0": [["09:00", "13:00"], ["12:59", "17:00"]]}, "0.1", "09:00 to 13:00 of Monday"),
            ({"0": [["12:00", "17:00"], ["09:00", "13:00"]]}, "0.0", "09:00 to 13:00 of Monday"),
            ({"monday": [["22:00", "06:00"]], "1": [["05:00", "09:00"]]}, "1.0", "22:00 to 06:00 of Monday"),
            (
                {"6": [["22:00", "06:00"]], "Monday": [["05:59", "09:00"]]},
                "Monday.0",
                "22:00 to 06:00 of Sunday",
            ),
            ({"2": [["09:00", "10:00"], ["08:00", "08:00"]]}, "2.0", "08:00 to 08:00 of Wednesday"),
        ],
    )
    def test_windows_that_overlap_are_422_and_say_with_which(
        self, ada: Api, weekly: dict[str, Any], field: str, other: str
    ) -> None:
        reply = ada.post("/v1/calendars", {**OFFICE, "weekly": weekly})

        assert reply.status == 422, reply.text
        assert [(each["field"], each["message"]) for each in reply.json["errors"]] == [
            (f"weekly.{field}", f"This window overlaps with {other}.")
        ]

    @pytest.mark.parametrize(
        "weekly",
        [
            {"0": [["09:00", "12:00"], ["12:00", "17:00"]]},
            {"0": [["22:00", "06:00"]], "1": [["06:00", "24:00"]], "2": [["00:00", "08:00"]]},
            {str(day): [["09:00", "09:00"]] for day in range(7)},
            {"6": [["18:00", "24:00"]], "0": [["00:00", "06:00"]]},
        ],
    )
    def test_windows_may_touch(self, ada: Api, weekly: dict[str, Any]) -> None:
        assert make(ada, weekly=weekly)["weekly"] == weekly

    @pytest.mark.parametrize("zone", ["US/Eastern", "GMT+0", "Etc/GMT-14", "Asia/Calcutta"])
    def test_old_names_of_zones_are_taken(self, ada: Api, zone: str) -> None:
        assert make(ada, timezone=zone)["timezone"] == zone

    def test_a_name_is_taken_once(self, ada: Api) -> None:
        make(ada)

        assert ada.post("/v1/calendars", OFFICE).status == 409

    def test_only_admins_make_them_and_customers_see_none(self, api: Api, ada: Api, cast: Cast) -> None:
        made = make(ada)
        path = f"/v1/calendars/{made['id']}"

        for who in (cast.dario, cast.ana):
            assert api.with_token(who.token).get(path).status == 200
            assert api.with_token(who.token).patch(path, {"name": "Mine"}).status == 403
        assert api.with_token(cast.carol.token).get("/v1/calendars").status == 403


class TestList:
    def test_of_many_holidays_the_first_are_told_and_how_many_more_there_are(self, ada: Api) -> None:
        days = [f"2026-{month:02}-{day:02}" for month in (1, 2, 3) for day in range(1, 28)]
        many, few = make(ada, holidays=days), make(ada, name="Short", holidays=days[:50])

        listed = {item["id"]: item for item in ada.get("/v1/calendars?limit=100").json["items"]}

        assert [each["from"] for each in listed[many["id"]]["holidays"]] == days[:50]
        assert listed[many["id"]]["holidays_left_out"] == 31
        assert (len(listed[few["id"]]["holidays"]), listed[few["id"]]["holidays_left_out"]) == (50, 0)
        assert len(ada.get(f"/v1/calendars/{many['id']}").json["holidays"]) == 81


class TestChanging:
    def test_only_what_is_sent(self, ada: Api) -> None:
        made = make(ada)

        changed = ada.patch(f"/v1/calendars/{made['id']}", {"name": "Bureau"}).json

        assert changed == {**made, "name": "Bureau", "updated_at": changed["updated_at"], "job_id": None}

    def test_what_it_counts_asks_for_a_job(self, ada: Api) -> None:
        made = make(ada)

        changed = ada.patch(f"/v1/calendars/{made['id']}", {"timezone": "America/Bogota"}).json
        job = ada.get(f"/v1/jobs/{changed['job_id']}").json

        assert (job["kind"], job["status"], job["subject_id"]) == ("recount", "queued", made["id"])

    @pytest.mark.parametrize(
        "fields",
        [
            {"name": "Bureau"},
            {"holidays": [{"from": "2026-12-25", "name": "Christmas Day"}]},
            {"holidays": [{"from": "2026-12-25", "to": "2026-12-25"}]},
            {"weekly": {**OFFICE["weekly"], "0": [["09:00", "12:00"], ["12:00", "17:00"]]}},
        ],
        ids=["its name", "a holiday's name", "a day as a range", "a window cut in two"],
    )
    def test_what_counts_the_same_hours_asks_for_none(self, ada: Api, fields: dict[str, Any]) -> None:
        made = make(ada, holidays=["2026-12-25"])

        changed = ada.patch(f"/v1/calendars/{made['id']}", fields).json

        assert changed["job_id"] is None
        assert {name: changed[name] for name in fields} != {name: made[name] for name in fields}

    def test_changed_again_before_its_job_began_the_same_job_does_both(
        self, ada: Api, database: Database
    ) -> None:
        made = make(ada)
        path = f"/v1/calendars/{made['id']}"

        jobs = [ada.patch(path, {"timezone": zone}).json["job_id"] for zone in ("Asia/Tokyo", "Asia/Seoul")]
        database.run("UPDATE jobs SET status = 'running'")
        jobs.append(ada.patch(path, {"timezone": "Asia/Tokyo"}).json["job_id"])

        assert jobs[0] == jobs[1] != jobs[2]
        assert database.value("SELECT count(*) FROM jobs") == 2

    def test_another_calendars_job_is_another(self, ada: Api) -> None:
        one, other = make(ada), make(ada, name="Other")

        jobs = [
            ada.patch(f"/v1/calendars/{each['id']}", {"timezone": "Asia/Tokyo"}).json["job_id"]
            for each in (one, other)
        ]

        assert jobs[0] != jobs[1]

    def test_the_same_again_changes_nothing(self, ada: Api, database: Database) -> None:
        made = make(ada, holidays=["2026-12-25"])

        changed = ada.patch(
            f"/v1/calendars/{made['id']}", {"holidays": made["holidays"], "weekly": made["weekly"]}
        ).json

        assert (changed["job_id"], changed["updated_at"]) == (None, made["updated_at"])

    def test_holidays_that_leave_no_working_time_are_refused_and_nothing_changes(self, ada: Api) -> None:
        made = make(ada)
        path = f"/v1/calendars/{made['id']}"

        reply = ada.patch(path, {"holidays": [{"yearly_from": "01-01", "yearly_to": "12-31"}]})

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "holidays")
        assert ada.get(path).json == made

    def test_one_that_a_policy_promises_by_is_not_deleted(self, ada: Api) -> None:
        (used,) = ada.get("/v1/calendars").json["items"]

        reply = ada.delete(f"/v1/calendars/{used['id']}")

        assert reply.status == 409
        assert used["policies"][0]["name"] in reply.json["detail"]

    def test_a_deleted_one_is_gone_and_its_name_is_free(self, ada: Api) -> None:
        made = make(ada)

        assert ada.delete(f"/v1/calendars/{made['id']}").status == 204
        assert ada.get(f"/v1/calendars/{made['id']}").status == 404
        assert make(ada)["id"] != made["id"]

    def test_each_change_is_in_the_audit_log(self, ada: Api) -> None:
        made = make(ada)
        ada.patch(f"/v1/calendars/{made['id']}", {"timezone": "UTC"})
        ada.delete(f"/v1/calendars/{made['id']}")

        entries = ada.get("/v1/audit-log?limit=3").json["items"]

        assert [entry["action"] for entry in entries] == [
            "calendar.deleted",
            "calendar.changed",
            "calendar.created",
        ]
        assert entries[1]["before"] == {"timezone": "Europe/Berlin"}


class TestPublicHolidays:
    def test_a_regions_holidays_are_taken_for_the_years(self, ada: Api) -> None:
        reply = take(ada, make(ada), country="DE", region="BY", years=[2026])

        days = {each["from"]: each for each in reply.json["calendar"]["holidays"]}
        assert reply.status == 200, reply.text
        assert days["2026-01-06"]["source"] == "country:DE-BY"
        assert days["2026-06-04"]["name"]
        assert reply.json["calendar"]["job_id"]

    def test_taken_again_they_are_replaced_and_others_stay(self, ada: Api) -> None:
        made = make(ada, holidays=["2026-08-03"])
        take(ada, made, country="DE", region="BY", years=[2026, 2027])
        before = ada.get(f"/v1/calendars/{made['id']}").json["holidays"]

        again = take(ada, made, country="DE", region="BY", years=[2027]).json["calendar"]

        assert {"from": "2026-08-03"} in again["holidays"]
        assert sorted(map(str, again["holidays"])) == sorted(map(str, before))

    def test_names_are_in_the_workspaces_language(self, ada: Api) -> None:
        names = {
            each["from"]: each["name"]
            for each in ada.get("/v1/holidays?country=ES&year=2026").json["holidays"]
        }
        ada.patch("/v1/workspace", {"language": "es"})
        spanish = {
            each["from"]: each["name"]
            for each in ada.get("/v1/holidays?country=ES&year=2026").json["holidays"]
        }

        assert (names["2026-12-25"], spanish["2026-12-25"]) == ("Christmas Day", "Natividad del Señor")

    def test_what_is_known_can_be_asked(self, ada: Api) -> None:
        known = ada.get("/v1/holidays?country=DE").json

        assert {"DE", "ES", "US"} <= set(known["countries"])
        assert "BY" in known["regions"]

    @for_each(
        "body, field",
        [
            ({"country": "XX"}, "country"),
            ({"country": "de"}, "country"),
            ({"country": "DE", "region": "QQ"}, "region"),
            ({"country": "DE", "years": [1999]}, "years"),
            ({"country": "DE", "years": []}, "years"),
            ({"region": "BY"}, "country"),
            ({}, "country"),
            ({"country": "DE", "icalendar": "x"}, "icalendar"),
        ],
    )
    def test_what_is_unknown_is_422(
        self, ada: Api, office: dict[str, Any], body: dict[str, Any], field: str
    ) -> None:
        reply = take(ada, office, **body)

        assert (reply.status, reply.code) == (422, "VALIDATION_ERROR"), reply.text
        assert reply.json["errors"][0]["field"].split(".")[0] == field


class TestICalendar:
    def test_all_day_events_are_taken_and_others_are_told(self, ada: Api) -> None:
        events = (
            event("SUMMARY:Foundation day", "DTSTART;VALUE=DATE:20261103"),
            event("SUMMARY:Summer break", "DTSTART;VALUE=DATE:20260803", "DTEND;VALUE=DATE:20260815"),
            event("SUMMARY:Stand-up", "DTSTART:20260803T090000Z", "DTEND:20260803T091500Z"),
            event("SUMMARY:Never mind", "DTSTART;VALUE=DATE:20261104", "STATUS:CANCELLED"),
        )

        reply = take(ada, make(ada), icalendar=FILE.format(events="\n".join(events)))

        assert reply.status == 200, reply.text
        source = "icalendar:Company days"
        assert reply.json["taken"] == [
            {"from": "2026-08-03", "to": "2026-08-14", "name": "Summer break", "source": source},
            {"from": "2026-11-03", "name": "Foundation day", "source": source},
        ]
        assert [each["name"] for each in reply.json["skipped"]] == ["Stand-up", "Never mind"]

    def test_what_repeats_is_taken_for_the_years_to_come_without_its_exceptions(self, ada: Api) -> None:
        repeated = event(
            "SUMMARY:Founders",
            "DTSTART;VALUE=DATE:20200302",
            "RRULE:FREQ=YEARLY",
            "EXDATE;VALUE=DATE:20280302",
        )

        taken = take(ada, make(ada), icalendar=FILE.format(events=repeated)).json["taken"]

        days = [each["from"] for each in taken]
        assert {"2026-03-02", "2027-03-02", "2029-03-02"} <= set(days)
        assert "2028-03-02" not in days

    def test_a_file_taken_again_replaces_what_it_brought(self, ada: Api) -> None:
        made = make(ada)
        for day in ("20261103", "20261110"):
            file = FILE.format(events=event("SUMMARY:Day", f"DTSTART;VALUE=DATE:{day}"))
            taken = take(ada, made, icalendar=file).json

        assert [each["from"] for each in taken["calendar"]["holidays"]] == ["2026-11-10"]

    @for_each(
        "file",
        [
            "no calendar",
            "BEGIN:VCALENDAR",
            FILE.format(events=""),
            FILE.format(events=event("SUMMARY:Old", "DTSTART;VALUE=DATE:20010101")),
            FILE.format(events=event("DTSTART;VALUE=DATE:20261301")),
            FILE.format(events=event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=SECONDLY")),
            FILE.format(events=event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY;INTERVAL=0")),
            FILE.format(events=event("DTSTART;VALUE=DATE:19700101", "RRULE:FREQ=WEEKLY;BYHOUR=1,2,3")),
            FILE.format(events=event("DTSTART;VALUE=DATE:20240106", "RRULE:FREQ=WEEKLY;BYDAY=SA,SU")),
            FILE.format(events=event("DTSTART;VALUE=DATE:20990101")),
            FILE.format(
                events=event(
                    "DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY;COUNT=3;BYMONTH=2;BYMONTHDAY=30"
                )
            ),
            FILE.format(events=event("DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20250101")),
            FILE.format(events="\n".join(event("DTSTART;VALUE=DATE:20260101") for _ in range(1001))),
        ],
    )
    def test_what_has_no_holiday_in_it_is_422(self, ada: Api, office: dict[str, Any], file: str) -> None:
        reply = take(ada, office, icalendar=file)

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "icalendar"), reply.text

    def test_a_day_that_was_moved_or_cancelled_is_not_free_twice(self, ada: Api) -> None:
        events = (
            event("SUMMARY:Founders", "DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=YEARLY;COUNT=3"),
            event("SUMMARY:Founders", "DTSTART;VALUE=DATE:20270305", "RECURRENCE-ID;VALUE=DATE:20270302"),
            event("DTSTART;VALUE=DATE:20280302", "RECURRENCE-ID;VALUE=DATE:20280302", "STATUS:CANCELLED"),
        )

        taken = take(ada, make(ada), icalendar=FILE.format(events="\n".join(events))).json["taken"]

        assert [each["from"] for each in taken] == ["2026-03-02", "2027-03-05"]

    def test_what_was_taken_can_be_sent_back(self, ada: Api) -> None:
        strange = event("SUMMARY:a\x01b\x7f  c", "SUMMARY:again", "DTSTART;VALUE=DATE:20261103")
        file = FILE.replace("Company days", "Days\x01 \x7f" + "x" * 120).format(events=strange)

        taken = take(ada, make(ada), icalendar=file).json["calendar"]
        back = ada.patch(f"/v1/calendars/{taken['id']}", {"holidays": taken["holidays"]})

        assert (back.status, back.json["job_id"]) == (200, None), back.text

    def test_files_without_a_name_stand_beside_each_other(self, ada: Api) -> None:
        made = make(ada)
        for uid, days in (("a@desk", ["20261103"]), ("b@desk", ["20261110"]), ("a@desk", ["20261104"])):
            taken = take(ada, made, icalendar=nameless(uid, *days)).json

        assert [each["from"] for each in taken["calendar"]["holidays"]] == ["2026-11-10", "2026-11-04"]
        sources = {each["source"] for each in taken["calendar"]["holidays"]}
        assert len(sources) == 2
        assert all(each.startswith("icalendar:#") for each in sources)

    def test_the_same_file_again_is_no_news(self, ada: Api) -> None:
        made = make(ada)
        first, again = (take(ada, made, icalendar=nameless("a@desk", "20261103")).json for _ in range(2))

        assert [each["from"] for each in first["added"]] == ["2026-11-03"]
        assert (again["added"], again["replaced"], again["removed"]) == ([], [], [])
        assert (again["calendar"]["holidays"], again["calendar"]["job_id"]) == (
            first["calendar"]["holidays"],
            None,
        )

    def test_the_name_that_is_sent_goes_before_the_files_own(self, ada: Api) -> None:
        made = make(ada)
        file = FILE.format(events=event("SUMMARY:Day", "DTSTART;VALUE=DATE:20261103"))

        for name in ("North", "South"):
            taken = take(ada, made, icalendar=file, name=name).json
        moved = take(ada, made, icalendar=nameless("c@desk", "20261110"), name="North").json

        assert [each["source"] for each in taken["calendar"]["holidays"]] == [
            "icalendar:North",
            "icalendar:South",
        ]
        days = [(each["from"], each["source"]) for each in moved["calendar"]["holidays"]]
        assert days == [("2026-11-03", "icalendar:South"), ("2026-11-10", "icalendar:North")]

    def test_the_answer_says_what_is_new_replaced_and_removed(self, ada: Api) -> None:
        made = make(ada, holidays=["2026-11-01"])
        three = [event(f"SUMMARY:{name}", f"DTSTART;VALUE=DATE:2026110{name}") for name in (3, 4, 5)]
        take(ada, made, icalendar=FILE.format(events="\n".join(three)))
        other = [
            event("SUMMARY:3", "DTSTART;VALUE=DATE:20261103"),
            three[1].replace("SUMMARY:4", "SUMMARY:Four"),
        ]
        other.append(event("SUMMARY:6", "DTSTART;VALUE=DATE:20261106"))

        told = take(ada, made, icalendar=FILE.format(events="\n".join(other))).json

        news = {
            name: [(day["from"], day["name"]) for day in told[name]]
            for name in ("added", "replaced", "removed")
        }
        assert news == {
            "added": [("2026-11-06", "6")],
            "replaced": [("2026-11-04", "Four")],
            "removed": [("2026-11-05", "5")],
        }

    def test_what_was_taken_while_nameless_files_were_all_one_is_not_there_twice(self, ada: Api) -> None:
        old = [{"from": f"2026-11-{day}", "source": "icalendar:file"} for day in ("03", "09")]
        made = make(ada, holidays=old)

        told = take(ada, made, icalendar=nameless("a@desk", "20261103")).json

        assert [each["from"] for each in told["calendar"]["holidays"]] == ["2026-11-09", "2026-11-03"]
        assert (told["added"], [each["from"] for each in told["replaced"]]) == ([], ["2026-11-03"])

    def test_events_without_ids_tell_files_apart_too(self, ada: Api) -> None:
        made = make(ada)
        for day in ("20261103", "20261110"):
            taken = take(ada, made, icalendar=nameless("", day)).json

        assert len(taken["calendar"]["holidays"]) == 2

    def test_holidays_that_are_too_many_together_are_told_of_what_brought_them(self, ada: Api) -> None:
        months = [f"{year}-{month:02}" for year in (2015, 2016, 2017) for month in range(1, 13)]
        full = make(ada, holidays=[f"{month}-{day:02}" for month in months for day in range(1, 29)][:1000])

        file = take(ada, full, icalendar=nameless("a@desk", "20261103"))
        country = take(ada, full, country="DE")

        for reply, field in ((file, "icalendar"), (country, "country")):
            told = ("A calendar has 1000 holidays at most.", field)
            assert [(each["message"], each["field"]) for each in reply.json["errors"]] == [told]

    def test_only_a_file_has_a_name(self, ada: Api) -> None:
        reply = take(ada, make(ada), country="DE", name="North")

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "name")

    def test_years_that_were_read_before_stay(self, ada: Api) -> None:
        old = {"from": "2020-05-04", "name": "Old", "source": "icalendar:Company days"}
        file = FILE.format(events=event("SUMMARY:Day", "DTSTART;VALUE=DATE:20261103"))

        taken = take(ada, make(ada, holidays=[old]), icalendar=file).json["calendar"]

        assert [each["from"] for each in taken["holidays"]] == ["2020-05-04", "2026-11-03"]

    def test_a_rule_that_never_holds_ends(self, ada: Api) -> None:
        never = event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")

        taken = take(ada, make(ada), icalendar=FILE.format(events=never)).json["taken"]

        assert [each["from"] for each in taken] == ["2026-01-01"]


class TestPreview:
    def test_the_due_time_and_the_intervals_up_to_it(self, ada: Api) -> None:
        made = make(ada, holidays=[{"from": "2026-06-08", "name": "Pentecost"}])

        shown = ada.get(
            f"/v1/calendars/{made['id']}/preview?start=2026-06-05T16:30:00%2B02:00&minutes=60"
        ).json

        assert shown["due_at"].startswith("2026-06-09T07:30:00")
        assert [(each["kind"], each["name"]) for each in shown["explain"]["intervals"]] == [
            ("counted", None),
            ("closed", None),
            ("closed", "Pentecost"),
            ("closed", None),
            ("counted", None),
        ]
        assert shown["explain"]["counted"] == 60

    @for_each(
        "query",
        [
            "?minutes=-1",
            "?minutes=NaN",
            "?minutes=60&start=2026-06-05T16:30:00",
            "?minutes=60&start=0",
            "?minutes=9e9",
        ],
    )
    def test_what_cannot_be_is_422(self, ada: Api, office: dict[str, Any], query: str) -> None:
        assert ada.get(f"/v1/calendars/{office['id']}/preview{query}").status == 422

    def test_closed_for_ninety_years_it_is_due_after_them(self, ada: Api) -> None:
        made = make(ada, holidays=[{"from": "2026-01-01", "to": "2115-12-31"}])

        reply = ada.get(f"/v1/calendars/{made['id']}/preview?start=2026-06-05T16:30:00Z&minutes=60")

        assert reply.status == 200
        assert reply.json["due_at"] == "2116-01-01T09:00:00Z"
        assert reply.json["explain"]["truncated"] is False

    def test_what_takes_more_than_a_hundred_years_is_422(self, ada: Api) -> None:
        a_minute_a_week = make(ada, weekly={"0": [["09:00", "09:01"]]})
        path = f"/v1/calendars/{a_minute_a_week['id']}/preview?start=2026-06-01T07:00:00Z"

        in_time, too_late = ada.get(f"{path}&minutes=5218"), ada.get(f"{path}&minutes=5219")

        assert (in_time.status, in_time.json["due_at"]) == (200, "2126-05-27T07:01:00Z")
        assert (in_time.json["explain"]["truncated"], in_time.json["explain"]["counted"]) == (True, 5218)
        assert (too_late.status, too_late.code) == (422, "VALIDATION_ERROR")
        assert too_late.json["errors"] == [
            {
                "field": "minutes",
                "code": "VALIDATION_ERROR",
                "message": "This would be due more than a hundred years after its start.",
            }
        ]


class TestPromisesThatTakeTooLong:
    """A minute a week is 52 a year: 10,000 take almost two hundred of them."""

    A_MINUTE_A_WEEK: ClassVar = {"weekly": {"0": [["09:00", "09:01"]]}}

    def promise(self, ada: Api, calendar: dict[str, Any], **targets: Any) -> Reply:
        facts = {"name": "Slow", "targets": targets, "calendar_id": calendar["id"]}
        return ada.post("/v1/sla-policies", facts)

    def problems(self, reply: Reply) -> list[tuple[str, str]]:
        assert (reply.status, reply.code) == (422, "VALIDATION_ERROR"), reply.text
        return [(each["field"], each["message"]) for each in reply.json["errors"]]

    def test_hours_that_do_not_come_in_our_time_make_no_calendar(self, ada: Api) -> None:
        closed = [{"from": "2026-01-01", "to": "2999-12-31"}]
        made = make(ada, name="Open")

        for reply in (
            ada.post("/v1/calendars", {**OFFICE, "holidays": closed}),
            ada.patch(f"/v1/calendars/{made['id']}", {"holidays": closed}),
        ):
            told = "These holidays leave no working time in the next hundred years."
            assert self.problems(reply) == [("holidays", told)]

    def test_a_policy_with_such_a_goal_is_422_and_says_which(self, ada: Api) -> None:
        made = make(ada, **self.A_MINUTE_A_WEEK)

        some = self.promise(ada, made, resolution={"low": 10_000, "high": 100}, first_response=60)
        all_alike = self.promise(ada, made, resolution=10_000)

        told = "By its calendar 10000 minutes take more than a hundred years."
        assert self.problems(some) == [("targets.resolution.low", told)]
        assert self.problems(all_alike) == [("targets.resolution", told)]
        assert self.promise(ada, made, resolution=5000).status == 201

    def test_a_policy_does_not_go_to_a_calendar_that_is_too_slow_for_it(self, ada: Api) -> None:
        slow, office = make(ada, **self.A_MINUTE_A_WEEK), make(ada, name="Nine to five")
        policy = self.promise(ada, office, resolution=10_000).json
        path = f"/v1/sla-policies/{policy['id']}"

        moved = ada.patch(path, {"calendar_id": slow["id"]})

        assert [field for field, _ in self.problems(moved)] == ["calendar_id"]
        assert ada.patch(path, {"calendar_id": slow["id"], "targets": {"resolution": 60}}).status == 200
        longer = ada.patch(path, {"targets": {"resolution": 10_000}})
        assert [field for field, _ in self.problems(longer)] == ["targets.resolution"]

    def test_a_calendar_does_not_get_hours_in_which_its_policies_take_too_long(self, ada: Api) -> None:
        office = make(ada)
        assert self.promise(ada, office, resolution=10_000).status == 201
        path = f"/v1/calendars/{office['id']}"

        slower = ada.patch(path, self.A_MINUTE_A_WEEK)

        told = "By these hours 10000 minutes, which the policy Slow promises, would take more than a hundred"
        assert self.problems(slower) == [("weekly", f"{told} years.")]
        assert ada.get(path).json["weekly"] == OFFICE["weekly"]
        assert ada.patch(path, {"weekly": {"0": [["09:00", "10:00"]]}}).status == 200
