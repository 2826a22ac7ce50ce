"""Random lives of tickets, over HTTP, on a clock set by hand and with the real sweep: whatever happened to a
ticket, the minute walker comes to the same due times."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.sla.calendars import parse
from tests.sla.examples import IS_NIGHTLY
from tests.sla.minute_walker import MinuteWalker
from tests.sla.office_desk import BERLIN, WEEKDAYS, Json, OfficeDesk
from tests.support.database import Database

HOURS = {day: list(windows) for day, windows in parse("Europe/Berlin", WEEKDAYS).weekly.items()}
OPENED = datetime(2026, 6, 5, 10, tzinfo=BERLIN)
PROMISES: list[tuple[str, Json, dict[str, Any]]] = [
    ("Questions", {"type": ["question"]}, {"first_response": 200, "team_resolution": 300}),
    ("Urgent", {"priority": ["urgent"]}, {"resolution": 90, "next_response": 30}),
    ("All else", {}, {"first_response": 60, "next_response": 45, "resolution": 480, "team_resolution": 120}),
]
DEEDS: dict[str, list[tuple[str, Json]]] = {
    "pause": [("pause", {"waiting_on": who, "reason": "Asked."}) for who in ("customer", "other")],
    "resume": [("resume", {})],
    "resolve": [("resolve", {"resolution": "Done."})],
    "reopen": [("reopen", {"reason": "It is back."})],
    "reclassify": [("reclassify", {"priority": each}) for each in ("urgent", "low")]
    + [("reclassify", {"type": each}) for each in ("question", "incident")],
    "transfer": [("transfer", {"team_id": team, "reason": "Theirs."}) for team in ("Networks", "Apps")],
    "comment": [("comments", {"body": "Hm.", "visibility": each}) for each in ("public", "internal")],
    "ask": [("comments", {"body": "When?"})],
    "sweep": [("sweep", {})],
}
deeds = st.sampled_from([*DEEDS, "pause", "resume", "sweep"]).flatmap(
    lambda kind: st.sampled_from(DEEDS[kind]).map(lambda deed: (kind, *deed))
)
lives = st.lists(st.tuples(deeds, st.integers(0, 90) | st.integers(0, 3000)), max_size=14)


@settings(
    max_examples=300 if IS_NIGHTLY else 25,  # tokens live for a quarter of an hour
    deadline=None,
    phases=[*Phase] if IS_NIGHTLY else [Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life=lives)
def test_whatever_happened_due_times_are_those_of_the_minute_walker(
    office: OfficeDesk, database: Database, life: list[tuple[tuple[str, str, Json], int]]
) -> None:
    now = OPENED
    ticket = opened(office, database)
    for (kind, verb, body), minutes in life:
        now += timedelta(minutes=minutes)
        office.frozen.set(now)
        if verb == "sweep":
            office.sweep()
            continue
        who = office.cast.carol if kind == "ask" else office.cast.dario
        team = {"team_id": str(office.cast.teams[body["team_id"]])} if "team_id" in body else {}
        reply = office.desk.do(who, ticket, verb, **body | team)
        assert reply.status in (200, 201, 409), reply.text  # 409: not in this state
    office.sweep()

    seen = office.seen(ticket)
    rows = database.rows("SELECT * FROM sla_targets WHERE ticket_id = :t", t=ticket["id"])
    for row in rows:
        assert_due(row, now)
        finished = row["fulfilled_at"] or row["ended_at"] or now
        late = row["due_at"] is not None and row["due_at"] < finished
        assert row["breached_at"] or not late
    assert_told(seen["timeline"], rows)
    explained = office.ada.get(f"/v1/tickets/{ticket['id']}/sla").json["targets"]
    assert all(target["adds_up"] for target in explained)


def opened(office: OfficeDesk, database: Database) -> Json:
    """On Friday at ten; nothing is left of the lives before."""
    database.run("UPDATE sla_steps SET at = NULL WHERE fired_at IS NULL")
    office.frozen.set(OPENED)
    if len(office.ada.get("/v1/sla-policies").json["items"]) == 2:
        for name, conditions, minutes in reversed(PROMISES):
            office.promise(name, conditions, **minutes)
    return office.desk.networks_ticket(type="incident", priority="medium")


def assert_due(row: Json, now: datetime) -> None:
    pauses = [tuple(map(datetime.fromisoformat, pause)) for pause in row["paused_intervals"]]
    if row["due_at"] is None:
        # An answer given while nobody promised one is on record all the same.
        is_answer = row["metric"] in ("first_response", "next_response")
        assert row["paused_at"] or row["ended_at"] or (is_answer and row["fulfilled_at"])
        return
    walker = MinuteWalker(BERLIN, HOURS, [], pauses)
    walked = row["started_at"]
    if row["minutes"]:
        walked = walker.due_at(row["started_at"], int(row["minutes"]), timedelta(days=120))
    # Paused in that very moment, it is due when work goes on.
    assert row["due_at"] in (walked, *(until for since, until in pauses if since == walked)), (row, now)


def assert_told(timeline: list[Json], rows: list[Json]) -> None:
    """Every step once; of each breach that somebody could notice, for good."""
    told = [entry for entry in timeline if entry["action"] in ("sla_warned", "sla_breached")]
    steps = Counter(
        (entry["action"], entry["meta"]["metric"], entry["meta"]["cycle"], entry["meta"]["percent"])
        for entry in told
    )
    assert set(steps.values()) <= {1}
    breaches = {
        (entry["meta"]["metric"], entry["meta"]["cycle"])
        for entry in told
        if entry["action"] == "sla_breached"
    }
    late = {(row["metric"], row["cycle"]): row for row in rows if row["breached_at"]}
    assert breaches <= late.keys()
    # What is reopened with nothing left is late at once, and nobody is told again.
    assert {name for name, row in late.items() if row["minutes"] > 0} <= breaches
    assert [entry["sequence"] for entry in timeline] == list(range(1, len(timeline) + 1))
