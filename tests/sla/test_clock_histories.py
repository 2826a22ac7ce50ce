"""Any history of a ticket, with sweeps in between: what must hold whatever happens, and in whatever order."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.models.words import Metric
from chalicelib.sla import calendars
from chalicelib.sla.clock import Clock
from chalicelib.sla.hours import Calendar, business_minutes, due_at
from chalicelib.sla.policies import Policy, TicketFacts
from chalicelib.sla.promises import SHARED
from chalicelib.sla.targets import Target
from tests.sla.examples import examples
from tests.sla.office import OFFICE, OFFICE_ID, about, june, promising, started, sweep


def escalating(policy: Policy, *moments: tuple[int, str, int], **facts: Any) -> Policy:
    """With escalations of these numbers, before or after, so many minutes."""
    escalations = [
        {"id": str(UUID(int=number)), "metric": None, "when": when, "minutes": minutes, "actions": []}
        for number, when, minutes in moments
    ]
    return replace(policy, escalations=escalations, **facts)


POLICIES = {
    "everything": escalating(
        promising(first_response=30, next_response=20, resolution=120, team_resolution=60),
        *((1001, "before", 45), (1002, "after", 60)),
    ),
    "always": escalating(
        promising(always=True, first_response=90, resolution={"high": 600, "low": 2000}),
        *((1002, "after", 5), (1003, "after", 900)),
        warnings=[{"percent": 75}, {"minutes_before": 500, "metrics": ["resolution"]}],
    ),
    "short": promising(resolution=1, next_response=45),
    "nothing": None,
}
# What the office's calendar becomes, by any of the minutes.
HOURS = {
    None: OFFICE,
    10: calendars.parse("Europe/Berlin", {"0": [["07:00", "11:30"]], "4": [["10:30", "18:00"]]}),
    300: calendars.parse("Europe/Berlin", {str(day): [["18:00", "10:30"]] for day in range(7)}),
}
VERBS = ["paused", "resumed", "answered", "resolved", "closed", "ended", "sweep", "recounted"]
DECIDING = ["asked", "reopened", "transferred", "recomputed", "repromised"]

Settled = dict[UUID, tuple[datetime, float]]

happenings = st.tuples(
    st.sampled_from(VERBS + DECIDING),
    st.sampled_from([*POLICIES]),
    st.sampled_from(["high", "low"]),
    st.sampled_from([None, 10, 300]),
    # Some verbs began before the one they waited for.
    st.one_of(st.integers(-2, 45), st.integers(-2, 2000)).map(
        lambda minutes: timedelta(minutes=minutes, seconds=7 * minutes % 60)
    ),
)


REOPENED_AFTER_THE_HOURS_CHANGED = [
    ("resolved", "nothing", "high", None, timedelta(minutes=30)),
    ("recounted", "nothing", "high", 10, timedelta(minutes=1)),
    ("reopened", "everything", "high", None, timedelta(days=3)),
]
WITHDRAWN_AND_OVER = [
    ("recomputed", "nothing", "high", None, timedelta(minutes=10)),
    ("resolved", "nothing", "high", None, timedelta(minutes=10)),
    ("reopened", "nothing", "high", None, timedelta(days=3)),
    ("recomputed", "everything", "high", None, timedelta(minutes=10)),
]
HANDED_ON_WHILE_WITHDRAWN = [
    ("recomputed", "nothing", "high", None, timedelta(minutes=10)),
    ("transferred", "nothing", "high", None, timedelta(minutes=10)),
    ("recomputed", "everything", "high", None, timedelta(minutes=10)),
]
ANSWERED_WHILE_WITHDRAWN = [
    ("answered", "nothing", "high", None, timedelta(minutes=1)),
    ("asked", "everything", "high", None, timedelta(minutes=1)),
    ("recomputed", "nothing", "high", None, timedelta(minutes=1)),
    ("answered", "nothing", "high", None, timedelta(minutes=1)),
    ("recomputed", "everything", "high", None, timedelta(minutes=1)),
]


@examples
@example(REOPENED_AFTER_THE_HOURS_CHANGED)
@example(WITHDRAWN_AND_OVER)
@example(HANDED_ON_WHILE_WITHDRAWN)
@example(ANSWERED_WHILE_WITHDRAWN)
@given(st.lists(happenings, max_size=25))
def test_any_history_is_a_legal_one(history: list[tuple[str, str, str, int | None, timedelta]]) -> None:
    now = june(5, 10)
    clock = started(POLICIES["everything"], now)
    told: Counter[tuple[str, int, int]] = Counter()
    breached: set[tuple[str, int]] = set()
    settled: Settled = {}
    office = OFFICE
    active = True
    marks = Marks(now)
    for verb, policy, priority, minutes, later in history:
        now += later
        known = snapshot(clock)
        moment = max((now, *(target.last_event for target in clock.targets)))
        if verb == "sweep":
            told.update(sweep(clock, now))
        elif verb == "recounted":
            clock.calendars[OFFICE_ID] = office = HOURS[minutes]
            clock.recounted(now, OFFICE_ID)
        elif verb in DECIDING:
            if (verb == "reopened") == active:
                continue
            facts = about(priority=priority, sla_minutes=minutes)
            if verb == "repromised" and POLICIES[policy] is None:
                continue
            promised = counting_on(office, POLICIES[policy])
            getattr(clock, verb)(now, promised, facts)
            marks.note(verb, moment)
            active = True
            if promised and verb not in ("asked", "transferred"):
                check_rests(clock, promised, facts, settled)
        elif active:
            getattr(clock, verb)(now)
            marks.note(verb, moment)
            active = verb not in ("resolved", "closed", "ended")
        told.update((target.metric.value, target.cycle, 100) for target in clock.breaches)
        clock.breaches.clear()

        for target in clock.targets:
            check(clock, target, settled)
            assert target.changed or verb == "sweep" or known.get(target.id) == repr(target)
            marks.check(target)
        assert breached <= {name(target) for target in clock.targets if target.breached_by(now)}
        breached = {name(target) for target in clock.targets if target.breached_at}
        assert active or not any(target.running for target in clock.targets)

    assert set(told.values()) <= {1}
    check_cycles(clock)


class Marks:
    """What the ticket's own life says of any promise on it that runs."""

    def __init__(self, opened: datetime) -> None:
        self.over: list[tuple[datetime, datetime]] = []  # when it was finished, until it came back
        self.finished_at = opened
        self.held_since = opened
        self.answered_at = opened

    def note(self, verb: str, moment: datetime) -> None:
        # Who waited for the lock may have begun before what came first, where no promise tells of that.
        self.held_since = min(self.held_since, moment)
        self.answered_at = min(self.answered_at, moment)
        if verb in ("resolved", "closed", "ended"):
            self.finished_at = moment
        elif verb == "reopened":
            self.over.append((self.finished_at, moment))
        if verb in ("reopened", "transferred"):
            self.held_since = moment
        if verb in ("answered", "resolved", "closed", "ended"):
            self.answered_at = moment

    def check(self, target: Target) -> None:
        if not target.running:
            return
        for since, until in self.over:
            # What is promised by who waited for the lock may begin before the ticket came back.
            if target.started_at <= since < until:
                assert any(begins <= since and until <= ends for begins, ends in pauses_of(target, until))
        if target.metric is Metric.FIRST_RESPONSE:
            assert not target.paused
            assert all(pause in self.over for pause in target.paused_intervals)
        elif target.metric is Metric.NEXT_RESPONSE:
            assert target.started_at >= self.answered_at
        elif target.metric is Metric.TEAM_RESOLUTION:
            assert target.started_at >= self.held_since


def pauses_of(target: Target, now: datetime) -> list[tuple[datetime, datetime]]:
    return [*target.paused_intervals, *([(target.paused_at, now)] if target.paused_at else [])]


def counting_on(office: Calendar, policy: Policy | None) -> Policy | None:
    return replace(policy, calendar=office) if policy and policy.calendar_id == OFFICE_ID else policy


def snapshot(clock: Clock) -> dict[UUID, str]:
    """As if it had just been loaded: what a verb changes from here on must be marked for saving."""
    for target in clock.targets:
        target.changed = False
    return {target.id: repr(target) for target in clock.targets}


def name(target: Target) -> tuple[str, int]:
    return target.metric.value, target.cycle


def check(clock: Clock, target: Target, settled: Settled) -> None:
    """`settled`: when those had finished that are over, and what they used by the calendars of then."""
    calendar = clock.calendars[target.calendar_id]
    assert not (target.fulfilled_at and target.ended_at)
    assert all(since < until for since, until in target.paused_intervals)
    assert all(one[1] <= two[0] for one, two in pairwise(target.paused_intervals))
    assert target.minutes >= 0
    waiting = [step for step in target.steps if step.fired_at is None]
    assert len({step.key for step in target.steps}) == len(target.steps)
    assert not any(step.fired_at for step in target.dropped)
    if not target.running or target.paused:
        assert not any(step.at for step in waiting)
    elif target.breach.fired_at:
        assert not any(step.at for step in waiting if step.kind != "escalation")
    if target.running and not target.paused:
        due = due_at(target.started_at, target.minutes, calendar, target.paused_intervals)
        assert target.due_at in (due, *(until for since, until in target.paused_intervals if since == due))
        assert target.breach.fired_at or target.breach.at == target.due_at
    if target.fulfilled_at and target.due_at and not target.breached_at:
        assert target.used_minutes is not None
        assert target.used_minutes <= target.minutes + 1e-6
        assert not target.breached_by(latest(clock))
    assert (target.used_minutes is None) == target.running
    if target.finished_at is None:
        settled.pop(target.id, None)
        return
    assert target.breached_by(latest(clock)) == (target.breached_at is not None)
    finished_at, used = settled.get(target.id, (None, None))
    if finished_at != target.finished_at:  # just now
        pauses = [*target.paused_intervals, *([(target.paused_at, None)] if target.paused_at else [])]
        used = business_minutes(target.started_at, target.finished_at, calendar, pauses)
        settled[target.id] = target.finished_at, used
    assert target.used_minutes == used


def check_rests(clock: Clock, policy: Policy, facts: TicketFacts, settled: Settled) -> None:
    """What runs of a promise that goes on from cycle to cycle has what the earlier ones left of it."""
    for metric in SHARED:
        cycles = [one for one in clock.targets if one.metric is metric]
        running = [one for one in cycles if one.running]
        minutes = policy.minutes(metric, facts)
        if running and minutes is not None:
            left = minutes - sum(settled[one.id][1] for one in cycles if one.cycle < running[0].cycle)
            assert abs(running[0].minutes - max(left, 0)) < 1e-6


def check_cycles(clock: Clock) -> None:
    for metric in Metric:
        cycles = sorted((one for one in clock.targets if one.metric is metric), key=lambda one: one.cycle)
        assert [one.cycle for one in cycles] == list(range(1, len(cycles) + 1))
        assert not any(one.running for one in cycles[:-1])
        for one, two in pairwise(cycles):
            assert one.finished_at is not None
            assert one.finished_at <= two.started_at


def latest(clock: Clock) -> datetime:
    return max(target.last_event for target in clock.targets) + timedelta(days=9999)
