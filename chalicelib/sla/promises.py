"""The promises on one ticket: how targets are made, moved, kept and withdrawn; clock.py says when. Pure.

A verb that touches a target which ran late before the sweep noticed tells the breach itself: its due time is
about to change or its steps to be disarmed, and what was late stays late. Missed warnings are left untold.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from chalicelib.models.words import Metric
from chalicelib.sla.aiming import aim, disarm, elapsed, keep_used, left, rearm, state, used
from chalicelib.sla.hours import Calendar
from chalicelib.sla.policies import Policy, TicketFacts
from chalicelib.sla.targets import BREACH, Step, Target, new_id

WORK = (Metric.RESOLUTION, Metric.TEAM_RESOLUTION)
PAUSABLE = (Metric.NEXT_RESPONSE, *WORK)
# Reopening goes on with what was left of these, so their cycles share one promise.
SHARED = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)


class Promises:
    """All targets of one ticket, the calendars they count on, by id, and whether staff ever answered it."""

    def __init__(
        self, targets: list[Target], calendars: Mapping[UUID, Calendar], was_answered: bool = False
    ) -> None:
        self.targets = targets
        self.calendars = dict(calendars)
        self.was_answered = was_answered
        # Found late before the sweep came by, by due time. Their steps are marked as fired:
        # whoever made this object announces them, and nobody else.
        self.breaches: list[Target] = []

    def promise(
        self,
        metric: Metric,
        policy: Policy | None,
        facts: TicketFacts,
        start: datetime,
        *,
        paused: bool = False,
        pauses: Iterable[tuple[datetime, datetime]] = (),
    ) -> Target | None:
        """The next cycle of a metric, from `start` on; None where the policy does not promise it."""
        minutes = policy.minutes(metric, facts) if policy else None
        if policy is None or minutes is None:
            return None
        self.calendars[policy.calendar_id] = policy.calendar
        last = self._last(metric)
        target = Target(
            id=new_id(start),
            metric=metric,
            cycle=last.cycle + 1 if last else 1,
            policy_id=policy.id,
            calendar_id=policy.calendar_id,
            minutes=minutes,
            started_at=start,
            paused_at=start if paused else None,
            paused_intervals=list(pauses),
            steps=policy.steps(metric),
        )
        self.targets.append(target)
        self._aim(target)
        return target

    def _promise_late(self, metric: Metric, policy: Policy | None, facts: TicketFacts, now: datetime) -> None:
        began = facts.created_at or min((target.started_at for target in self.targets), default=now)
        paused = self._is_paused(facts)
        if metric is Metric.FIRST_RESPONSE and not self._is_answered():
            pauses = [(since, until) for since, until in facts.over if until is not None]
            self.promise(metric, policy, facts, began, pauses=pauses)
        elif metric is Metric.TEAM_RESOLUTION:
            self.promise(metric, policy, facts, now, paused=paused)
        elif metric is Metric.RESOLUTION:
            idle = self._idle_times() if facts.idle is None else facts.idle
            pauses = sorted({(since, until) for since, until in idle if until is not None})
            target = self.promise(metric, policy, facts, began, pauses=pauses)
            if target and paused:
                target.paused_at = min((since for since, until in idle if until is None), default=now)
                self._aim(target)

    def _idle_times(self) -> list[tuple[datetime, datetime | None]]:
        """As far as other promises kept them."""
        over = (pause for target in self.targets for pause in target.paused_intervals)
        return [*over, *((target.paused_at, None) for target in self.targets if target.paused_at)]

    def _take_up_again(
        self, metric: Metric, policy: Policy | None, facts: TicketFacts, now: datetime
    ) -> None:
        """The next cycle, after one that is over; of a shared promise, with what the earlier ones left."""
        if metric is Metric.NEXT_RESPONSE or (metric is Metric.FIRST_RESPONSE and self._is_answered()):
            return
        paused = metric in PAUSABLE and self._is_paused(facts)
        target = self.promise(metric, policy, facts, now, paused=paused)
        if target is None or metric not in SHARED:
            return
        target.minutes = self._rest(target, target.minutes)
        self._aim(target)
        self._break_at_once(target, now)

    def _break_at_once(self, target: Target, now: datetime) -> None:
        """A cycle that begins with nothing left is late, and nobody is told."""
        if not target.minutes:
            target.breached_at = now
            rearm(target, [Step("breach", BREACH)])
            target.breach.at = target.breach.fired_at = now

    def _rest(self, target: Target, minutes: float) -> float:
        for earlier in self.targets:
            if earlier.metric is target.metric and earlier.cycle < target.cycle:
                minutes = left(minutes, used(earlier, self.calendars[earlier.calendar_id]))
        return minutes

    def _move(self, target: Target, policy: Policy, minutes: float, now: datetime) -> None:
        self._tell_breach(target, now)
        before, changed = state(target), target.changed
        self.calendars[policy.calendar_id] = policy.calendar
        target.policy_id, target.calendar_id = policy.id, policy.calendar_id
        target.minutes = self._rest(target, minutes) if target.metric in SHARED else minutes
        target.ended_at = target.used_minutes = None
        begins = target.started_at == now and target.cycle > 1 and target.metric in SHARED
        if begins:  # with this very change, so that nothing has become of it yet
            target.breached_at = target.breach.fired_at = None
        # A cycle that had nothing left when it began said nothing, and goes on so.
        silent = not target.minutes and target.breach.fired_at == target.started_at
        rearm(target, [Step("breach", BREACH)] if silent else policy.steps(target.metric))
        self._aim(target)
        if begins:
            self._break_at_once(target, now)
        target.changed = changed or before != state(target)

    def _bring_back(self, target: Target, policy: Policy | None, facts: TicketFacts, now: datetime) -> None:
        """What was withdrawn goes on from its start, with its pauses, where the policy promises it."""
        minutes = policy.minutes(target.metric, facts) if policy else None
        if policy and minutes is not None:
            self._move(target, policy, minutes, now)

    def _withdraw(self, target: Target, now: datetime) -> None:
        self._tell_breach(target, now)
        target.ended_at, target.due_at = now, None
        self._settle(target)

    def _finish(self, target: Target, now: datetime, *, fulfilled: bool) -> None:
        self._end_pause(target, now)
        self._tell_breach(target, now)
        target.fulfilled_at, target.ended_at = (now, None) if fulfilled else (None, now)
        self._settle(target)

    def _leave(self, now: datetime, *, done: bool) -> None:
        """Work on the ticket is over. What was withdrawn stands still until the ticket comes back; but a team
        begins anew then, and a question is none any more."""
        for metric in Metric:
            target = self._last(metric)
            if target and target.running:
                self._finish(target, now, fulfilled=done and metric in WORK)
            if not target or not target.withdrawn:
                continue
            if metric not in SHARED:
                self._give_up(target, now)
            elif not target.paused and self._is_owed(target):
                target.paused_at, target.changed = now, True

    def _give_up(self, target: Target, now: datetime) -> None:
        """What was withdrawn will not come back: it has ended as what runs would have, and was not late."""
        self._end_pause(target, now)
        self._aim(target)
        ended_at = target.ended_at or now
        target.due_at = target.due_at or ended_at
        if target.breached_at is None:
            target.due_at = max(target.due_at, ended_at)

    def _settle(self, target: Target) -> None:
        disarm(target)
        keep_used(target, self.calendars[target.calendar_id])

    def _end_pause(self, target: Target, now: datetime) -> None:
        if target.paused_at is None:
            return
        if target.paused_at < now:
            target.paused_intervals.append((target.paused_at, now))
        target.paused_at = None
        target.changed = True
        if target.running:
            self._aim(target)

    def _tell_breach(self, target: Target, now: datetime) -> None:
        late = target.running and target.due_at is not None and target.due_at < now
        if late and target.breach.fired_at is None:
            target.breached_at = target.breached_at or target.due_at
            target.breach.fired_at = now
            target.changed = True
            self.breaches.append(target)
            self.breaches.sort(key=lambda told: told.breached_at or now)

    def _pass_over(self, target: Target, new: list[Step], now: datetime) -> None:
        """Of steps that are new to a running target, those that are past by now: nobody is told of them. What
        is promised only now, and past, is broken now."""
        took = elapsed(target, self.calendars[target.calendar_id], now)
        for step in new:
            if step.fired_at is None and step.minutes(target.minutes) < took:
                step.fired_at = now
                target.changed = True
                if step.kind == "breach":
                    target.breached_at = now

    def _aim(self, target: Target) -> None:
        aim(target, self.calendars[target.calendar_id])

    # what there is

    def _moment(self, now: datetime) -> datetime:
        """`now`, but never before what already happened: since its time was taken, a verb may have waited for
        the lock, and what it waited for came first."""
        return max((now, *(target.last_event for target in self.targets)))

    def _last(self, metric: Metric) -> Target | None:
        cycles = (target for target in self.targets if target.metric is metric)
        return max(cycles, key=lambda target: target.cycle, default=None)

    def _running(self) -> list[Target]:
        return [target for target in self.targets if target.running]

    def _pausable(self) -> list[Target]:
        """A withdrawn target goes on noting pauses: it may come back."""
        lasts = (self._last(metric) for metric in PAUSABLE)
        return [target for target in lasts if target and (target.running or target.withdrawn)]

    def _is_paused(self, facts: TicketFacts) -> bool:
        return facts.paused or any(target.paused for target in self._pausable())

    def _is_answered(self) -> bool:
        first = self._last(Metric.FIRST_RESPONSE)
        return self.was_answered or (first is not None and first.fulfilled_at is not None)

    def _is_owed(self, target: Target) -> bool:
        """It runs, or may come back after a withdrawal."""
        if target.metric is Metric.FIRST_RESPONSE and target.withdrawn:
            return not self._is_answered()
        return target.running or target.withdrawn
