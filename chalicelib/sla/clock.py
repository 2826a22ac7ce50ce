"""The clock of one ticket: what each event of its life does to the promises made on it. Pure; every time is passed in.

A verb that touches a target which ran late before the sweep noticed tells the breach itself (`breaches`): its due time is
about to change or its steps to be disarmed, and what was late stays late. Warnings that were missed are not told then.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from chalicelib.models.words import Metric
from chalicelib.sla.hours import Calendar, NoWorkingTime, OutOfTime, business_minutes, due_at
from chalicelib.sla.policies import Policy, TicketFacts
from chalicelib.sla.targets import BREACH, WARNINGS, Step, Target, new_id

ANSWERS = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)
WORK = (Metric.RESOLUTION, Metric.TEAM_RESOLUTION)
PAUSABLE = (Metric.NEXT_RESPONSE, *WORK)
MICROSECOND = 1 / 60_000_000  # in minutes


class Clock:
    """All targets of one ticket, whose row the caller has locked, and the calendars they count on, by id."""

    def __init__(self, targets: list[Target], calendars: Mapping[UUID, Calendar]) -> None:
        self.targets = targets
        self.calendars = dict(calendars)
        # Found late by a verb before the sweep came by, in the order of their due times. The caller announces them
        # before what it did itself; their steps are marked, so nobody announces them again.
        self.breaches: list[Target] = []

    def resolution(self) -> Target | None:
        """The last cycle of the resolution target."""
        return self._last(Metric.RESOLUTION)

    # what happens to a ticket

    def start(self, policy: Policy | None, facts: TicketFacts, now: datetime) -> None:
        """The ticket was created."""
        for metric in (Metric.FIRST_RESPONSE, *WORK):
            self._promise(metric, policy, facts, now)

    def paused(self, now: datetime) -> None:
        """It waits: everything stops but the first response. Pending to on hold changes nothing."""
        for target in self._pausable():
            if not target.paused:
                target.paused_at = self._settle(target, now)
                self._aim(target)

    def resumed(self, now: datetime) -> None:
        """It is worked on again."""
        for target in self._pausable():
            if target.paused:
                self._end_pause(target, target.latest(now))
                self._aim(target)

    def answered(self, now: datetime) -> None:
        """Staff wrote to the customer. A first response that was withdrawn is on record all the same."""
        for metric in ANSWERS:
            target = self._last(metric)
            if target and target.running:
                self._finish(target, now, fulfilled=True)
            elif target and target.withdrawn and metric is Metric.FIRST_RESPONSE:
                target.fulfilled_at, target.ended_at, target.changed = target.latest(now), None, True

    def asked(self, now: datetime, policy: Policy | None, facts: TicketFacts) -> None:
        """The customer wrote. The first message without an answer counts, once there has been a first response."""
        running = self._last(Metric.NEXT_RESPONSE)
        if self._has_been_answered(facts) and not (running and running.running):
            self._promise(Metric.NEXT_RESPONSE, policy, facts, now, paused=self._is_paused(facts))

    def resolved(self, now: datetime) -> None:
        """The work is done. The resolution comment is an answer: tell `answered` first. Without one, answers are off."""
        for target in self._running():
            self._finish(target, now, fulfilled=target.metric in WORK)

    def closed(self, now: datetime) -> None:
        """Done with, from an active state; from resolved nothing runs any more."""
        self.resolved(now)

    def ended(self, now: datetime) -> None:
        """Cancelled, merged away or deleted: nothing was fulfilled, and nothing breaks from here on."""
        for target in self._running():
            self._finish(target, now, fulfilled=False)

    def reopened(self, now: datetime, policy: Policy | None, facts: TicketFacts) -> None:
        """It goes on: the resolution with the business time that was left, and so a first response never given.

        Nothing left: breached at once, silently. A team that holds the ticket again begins anew.
        """
        for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION):
            last = self._last(metric)
            if last is None or last.running or (metric is Metric.FIRST_RESPONSE and self._has_been_answered(facts)):
                continue
            following = self._promise(metric, policy, facts, last.latest(now), left=_left(last.minutes, self._used(last)))
            if following and not following.minutes:
                following.breached_at = following.started_at
                following.steps = [Step("breach", BREACH, following.started_at, following.started_at)]
        for metric in WORK:
            last = self._last(metric)
            if last is None or (metric is Metric.TEAM_RESOLUTION and not last.running):
                self._promise(metric, policy, facts, last.latest(now) if last else now)

    def transferred(self, now: datetime, policy: Policy | None, facts: TicketFacts) -> None:
        """Another team holds it: the old team's promise ends unfulfilled, the new one's begins."""
        paused = self._is_paused(facts)
        held = self._last(Metric.TEAM_RESOLUTION)
        if held and held.running:
            now = self._finish(held, now, fulfilled=False)
        self._promise(Metric.TEAM_RESOLUTION, policy, facts, now, paused=paused)

    def recomputed(self, now: datetime, policy: Policy | None, facts: TicketFacts) -> None:
        """The priority, the policy or `sla_minutes` of an active ticket changed: the same start and pauses, another due time.

        What is no longer promised is withdrawn, what was withdrawn comes back, what is newly promised counts from the
        beginning (a team's from now on: nobody knows when it took over).
        """
        for metric in Metric:
            target = self._last(metric)
            minutes = policy.minutes(metric, facts) if policy else None
            if target is None:
                self._promise_late(metric, policy, facts, now)
            elif policy and minutes is not None and self._comes_back(target, facts):
                self._move(target, policy, minutes, now)
            elif target.running and minutes is None:
                self._finish(target, now, fulfilled=False)
                target.due_at = None

    # how a promise is made and kept

    def _promise(
        self, metric: Metric, policy: Policy | None, facts: TicketFacts, start: datetime,
        *, left: float | None = None, paused: bool = False, pauses: Iterable[tuple[datetime, datetime]] = (),
    ) -> Target | None:  # fmt: skip
        minutes = policy.minutes(metric, facts) if policy else None
        if policy is None or minutes is None:
            return None
        self.calendars[policy.calendar_id] = policy.calendar
        last = self._last(metric)
        target = Target(
            id=new_id(start), metric=metric, cycle=last.cycle + 1 if last else 1,
            policy_id=policy.id, calendar_id=policy.calendar_id,
            minutes=minutes if left is None else left,
            started_at=start, paused_at=start if paused else None, paused_intervals=list(pauses),
            steps=[*(Step("warning", percent) for percent in WARNINGS), Step("breach", BREACH)],
        )  # fmt: skip
        self.targets.append(target)
        self._aim(target)
        return target

    def _promise_late(self, metric: Metric, policy: Policy | None, facts: TicketFacts, now: datetime) -> None:
        if metric is Metric.TEAM_RESOLUTION:
            self._promise(metric, policy, facts, now, paused=self._is_paused(facts))
        elif metric is Metric.RESOLUTION:
            pauses = {pause for target in self.targets for pause in target.paused_intervals}
            target = self._promise(metric, policy, facts, self._beginning(facts, now), pauses=sorted(pauses))
            if target and self._is_paused(facts):
                target.paused_at = target.latest(now)
                self._aim(target)
        elif metric is Metric.FIRST_RESPONSE and not self._has_been_answered(facts):
            self._promise(metric, policy, facts, self._beginning(facts, now))

    def _move(self, target: Target, policy: Policy, minutes: float, now: datetime) -> None:
        self._settle(target, now)
        was = (target.policy_id, target.calendar_id, target.minutes, target.due_at, target.ended_at, target.changed)
        self.calendars[policy.calendar_id] = policy.calendar
        if target.metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION):
            earlier = [one for one in self.targets if one.metric is target.metric and one.cycle < target.cycle]
            minutes = _left(minutes, sum(self._used(one) for one in earlier)) if earlier else minutes
        target.policy_id, target.calendar_id, target.minutes = policy.id, policy.calendar_id, minutes
        target.ended_at = None
        self._aim(target)
        target.changed = was != (policy.id, policy.calendar_id, minutes, target.due_at, None, False)

    def _finish(self, target: Target, now: datetime, *, fulfilled: bool) -> datetime:
        at = self._settle(target, now)
        if target.paused:
            self._end_pause(target, at)
        target.fulfilled_at, target.ended_at = (at, None) if fulfilled else (None, at)
        self._aim(target)
        return at

    def _settle(self, target: Target, now: datetime) -> datetime:
        """Tells a breach that came before this moment. The moment, put right where another was faster."""
        at = target.latest(now)
        if target.running and target.due_at and target.due_at < at and target.breach.fired_at is None:
            target.breached_at = target.breached_at or target.due_at
            target.breach.fired_at = at
            target.changed = True
            self.breaches.append(target)
            self.breaches.sort(key=lambda late: late.breached_at or at)
        return target.latest(now)

    def _end_pause(self, target: Target, at: datetime) -> None:
        if target.paused_at is not None and target.paused_at < at:
            target.paused_intervals.append((target.paused_at, at))
        target.paused_at = None

    def _aim(self, target: Target) -> None:
        """Works out when it is due, and when its steps are that have not fired yet."""
        target.due_at = self._at(target, BREACH)
        armed = target.running and target.breach.fired_at is None
        for step in target.steps:
            if step.fired_at is None:
                step.at = self._at(target, step.step) if armed else None
        target.changed = True

    def _at(self, target: Target, percent: int) -> datetime | None:
        if target.paused:
            return None
        calendar = self.calendars[target.calendar_id]
        try:
            at = due_at(target.started_at, target.minutes * percent / 100, calendar, target.paused_intervals)
        except (NoWorkingTime, OutOfTime):
            return None
        for begins, ends in target.paused_intervals:
            if at == begins:  # paused in that very moment, so it comes when work goes on
                at = ends
        return at

    def _used(self, target: Target) -> float:
        finished = target.finished_at or target.started_at
        calendar = self.calendars[target.calendar_id]
        return business_minutes(target.started_at, finished, calendar, target.paused_intervals)

    # what there is

    def _last(self, metric: Metric) -> Target | None:
        cycles = [target for target in self.targets if target.metric is metric]
        return max(cycles, key=lambda target: target.cycle, default=None)

    def _running(self) -> list[Target]:
        return [target for target in self.targets if target.running]

    def _pausable(self) -> list[Target]:
        """A withdrawn target goes on noting pauses: it may come back."""
        lasts = [self._last(metric) for metric in PAUSABLE]
        return [target for target in lasts if target and (target.running or target.withdrawn)]

    def _is_paused(self, facts: TicketFacts) -> bool:
        return facts.paused or any(target.paused for target in self._pausable())

    def _has_been_answered(self, facts: TicketFacts) -> bool:
        first = self._last(Metric.FIRST_RESPONSE)
        return facts.answered or bool(first and first.fulfilled_at) or self._last(Metric.NEXT_RESPONSE) is not None

    def _comes_back(self, target: Target, facts: TicketFacts) -> bool:
        if target.withdrawn:
            return target.metric in WORK or (
                target.metric is Metric.FIRST_RESPONSE and not self._has_been_answered(facts)
            )
        return target.running

    def _beginning(self, facts: TicketFacts, now: datetime) -> datetime:
        return facts.created_at or min((target.started_at for target in self.targets), default=now)


def _left(minutes: float, used: float) -> float:
    left = minutes - used
    return left if left >= MICROSECOND else 0.0
