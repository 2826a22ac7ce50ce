"""The clock of one ticket: what each event of its life does to the promises made on it. Pure."""

from datetime import datetime
from uuid import UUID

from chalicelib.models.words import Metric
from chalicelib.sla.policies import Policy, TicketFacts
from chalicelib.sla.promises import PAUSABLE, SHARED, WORK, Promises
from chalicelib.sla.targets import Target

ANSWERS = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)


class Clock(Promises):
    """One method for each thing that happens to a ticket; `now` is the database's time of the verb.

    `Clock(*queries.load(...))` for a ticket whose row is locked, `Clock([], {})` for a new one. Afterwards
    the caller announces `breaches`, before what it did itself, and saves `targets`.
    """

    def resolution(self) -> Target | None:
        """The last cycle of the resolution target."""
        return self._last(Metric.RESOLUTION)

    def lacks(self, metric: Metric) -> bool:
        """Whether nothing was ever promised of it."""
        return self._last(metric) is None

    def start(self, policy: Policy | None, facts: TicketFacts, now: datetime) -> None:
        """It was created."""
        for metric in (Metric.FIRST_RESPONSE, *WORK):
            self.promise(metric, policy, facts, now)

    def paused(self, now: datetime) -> None:
        """It waits: everything stops but the first response. Pending to on hold changes nothing."""
        now = self._moment(now)
        for target in self._pausable():
            if not target.paused:
                self._tell_breach(target, now)
                target.paused_at = now
                self._aim(target)

    def resumed(self, now: datetime) -> None:
        """It is worked on again."""
        now = self._moment(now)
        for target in self._pausable():
            self._end_pause(target, now)

    def answered(self, now: datetime) -> None:
        """Staff wrote to the customer. An answer whose promise was withdrawn is on record all the same."""
        now = self._moment(now)
        self.was_answered = True
        for metric in ANSWERS:
            target = self._last(metric)
            if target and target.running:
                self._finish(target, now, fulfilled=True)
            elif target and target.withdrawn:
                self._end_pause(target, now)
                target.fulfilled_at, target.ended_at = now, None
                self._settle(target)

    def asked(self, now: datetime, policy: Policy | None, facts: TicketFacts) -> None:
        """The customer wrote. The first message without an answer counts, once there was a first response;
        also where no policy promised it an answer for a while."""
        now = self._moment(now)
        asked = self._last(Metric.NEXT_RESPONSE)
        if asked and asked.withdrawn:
            self._bring_back(asked, policy, facts, now)
        elif self._is_answered() and not (asked and asked.running):
            self.promise(Metric.NEXT_RESPONSE, policy, facts, now, paused=self._is_paused(facts))

    def resolved(self, now: datetime) -> None:
        """The work is done. A resolution comment is an answer, so tell `answered` first; without one,
        no answer was given and none is owed any more."""
        self._leave(self._moment(now), done=True)

    def closed(self, now: datetime) -> None:
        """Closed, from an active state; once resolved, nothing runs any more."""
        self.resolved(now)

    def ended(self, now: datetime) -> None:
        """Cancelled, merged away or deleted: nothing was fulfilled, and nothing breaks from here on."""
        self._leave(self._moment(now), done=False)

    def reopened(self, now: datetime, policy: Policy | None, facts: TicketFacts) -> None:
        """It goes on: the resolution, and a first response never given, with the business time that was left.

        Nothing left: breached at once, silently. What was withdrawn may come back, without the days that the
        ticket was over. A team that holds the ticket again begins anew, and so does what nobody had promised
        before; but not a first response.
        """
        now = self._moment(now)
        for metric in (*SHARED, Metric.TEAM_RESOLUTION):
            last = self._last(metric)
            if last and last.withdrawn and self._is_owed(last):
                if not (facts.paused and metric in PAUSABLE):
                    self._end_pause(last, now)
                self._bring_back(last, policy, facts, now)
            elif (last and not last.running) or (last is None and metric in WORK):
                self._take_up_again(metric, policy, facts, now)

    def transferred(self, now: datetime, policy: Policy | None, facts: TicketFacts) -> None:
        """Another team holds it: the old team's promise ends unfulfilled, withdrawn or not, and the
        new one's begins.

        Where the team decides about the policy, `recomputed` comes after it.
        """
        now = self._moment(now)
        paused = self._is_paused(facts)
        held = self._last(Metric.TEAM_RESOLUTION)
        if held and held.running:
            self._finish(held, now, fulfilled=False)
        elif held and held.withdrawn:
            self._give_up(held, now)
        self.promise(Metric.TEAM_RESOLUTION, policy, facts, now, paused=paused)

    def recomputed(self, now: datetime, policy: Policy | None, facts: TicketFacts) -> None:
        """Priority, policy or `sla_minutes` changed, while active: same start, same pauses, other due times.

        What is no longer promised is withdrawn, what was withdrawn comes back, what is newly promised counts
        from the beginning (a team's from now on: nobody knows when it took over).
        """
        now = self._moment(now)
        for metric in Metric:
            target = self._last(metric)
            minutes = policy.minutes(metric, facts) if policy else None
            if target is None:
                self._promise_late(metric, policy, facts, now)
            elif policy and minutes is not None and self._is_owed(target):
                self._move(target, policy, minutes, now)
            elif target.running:
                self._withdraw(target, now)
            else:
                self._take_up_again(metric, policy, facts, now)

    def repromised(
        self, now: datetime, policy: Policy, facts: TicketFacts
    ) -> list[tuple[Target, datetime | None]]:
        """The ticket's policy was changed: as `recomputed`. What it promises or announces in addition, or
        again after a withdrawal, and is past by now, is told to nobody. Answers what is due at another time,
        with the old one."""
        now = self._moment(now)
        before = {
            id(target): (target.due_at, {step.key for step in target.steps if target.running})
            for target in self.targets
        }
        self.recomputed(now, policy, facts)
        moved = []
        for target in self.targets:
            was, known = before.get(id(target), (None, set()))
            new = [step for step in target.steps if step.key not in known]
            if new and target.running:
                self._pass_over(target, new, now)
            if target.due_at != was:
                moved.append((target, was))
        return moved

    def recounted(self, now: datetime, calendar_id: UUID) -> list[tuple[Target, datetime | None]]:
        """The calendar was changed: what runs on it is due at another time, returned with the old one. What
        was late by then stays late; what is paused is counted when it goes on."""
        now = self._moment(now)
        moved = []
        for target in self._running():
            if target.calendar_id != calendar_id or target.paused:
                continue
            self._tell_breach(target, now)
            was = target.due_at
            armed = [step.at for step in target.steps]
            changed = target.changed
            self._aim(target)
            if target.due_at != was:
                moved.append((target, was))
            target.changed = changed or target.due_at != was or armed != [step.at for step in target.steps]
        return moved
