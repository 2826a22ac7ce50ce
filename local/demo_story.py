"""What happens to a ticket, by chance: who takes it up and when, what is said, how it ends."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from random import Random
from statistics import NormalDist
from typing import Any
from uuid import UUID

from chalicelib.models.words import ActorType, Metric, Priority, Status
from chalicelib.sla.hours import Calendar, due_at
from local import demo_words as words
from local.demo_life import SYSTEM, IsNow, Life, Who, person
from local.demo_setup import Desk
from local.demo_words import Topic

HOUR = timedelta(hours=1)
AROUND_THE_CLOCK = Calendar("UTC", {day: [(datetime.min.time(), datetime.max.time())] for day in range(7)})
PRIORITIES = ((Priority.LOW, 24), (Priority.MEDIUM, 46), (Priority.HIGH, 22), (Priority.URGENT, 8))
SOURCES = (("email", 46), ("api", 30), ("public", 18), ("webhook", 6))
# How many of each priority come too late: for the answer and for the resolution.
TOO_LATE = {Priority.LOW: 0.09, Priority.MEDIUM: 0.11, Priority.HIGH: 0.09, Priority.URGENT: 0.06}
# From 1 to 5.
SCORES, LATE_SCORES = (2, 4, 11, 33, 50), (22, 22, 26, 18, 12)
SPREAD = 0.8  # of the logarithm of how much of a promise is used


@dataclass
class Story:
    """The teller of one ticket's life."""

    desk: Desk
    random: Random
    life: Life
    is_spike: bool = False

    def tell(self, end: Callable[[], None] | None = None) -> None:
        """From its opening to now, or to its end. `end`: what comes instead of work."""
        life = self.life
        life.open(self._opener())
        with suppress(IsNow):
            (end or self._live)()
        # What others do to it comes about where nothing of its own does any more.
        with suppress(IsNow):
            if life.agenda:
                life.come_to(life.agenda[-1][0])
        life.sweep(life.now)

    def _live(self) -> None:
        life, random = self.life, self.random
        self.pauses: list[tuple[datetime, datetime]] = []
        first, work = self._plan()
        if random.random() < 0.045:
            self._cancelled_early(first)
            return
        priority = life.values["priority"]
        agent = self._taken_up(min(first, work))
        if life.values["priority"] != priority:
            first, work = self._plan()
        if first < work * 0.8:
            self._at(first)
            life.comment(person(agent), self._line(words.FIRST_ANSWERS))
            self._work(agent, first, work)
            if random.random() < 0.006:
                life.pause(person(agent), Status.ON_HOLD, "The supplier has no date yet.")
                return  # forgotten
        self._at(work)
        life.resolve(person(agent), self._line(words.RESOLUTIONS))
        self._log_time(agent)
        resolution = life.clock.resolution()
        self._afterwards(agent, is_late=bool(resolution and resolution.breached_at))

    def _plan(self) -> tuple[float, float]:
        """After how many business minutes it is answered and done."""
        life = self.life
        policy = life.own_policy()
        self.calendar = policy.calendar if policy else AROUND_THE_CLOCK
        first, work = (
            (policy.minutes(metric, life.facts) if policy else None) or default
            for metric, default in ((Metric.FIRST_RESPONSE, 240.0), (Metric.RESOLUTION, 1440.0))
        )
        too_late = TOO_LATE[Priority(life.values["priority"])]
        slow = 1.3 if self.is_spike else 1.0
        return first * slow * self._pace(too_late), work * slow * self._pace(too_late)

    # Time

    def _pace(self, too_late: float) -> float:
        """How much of what is promised is used: log-normal, so that this many use more than all of it."""
        return self.random.lognormvariate(NormalDist().inv_cdf(too_late) * SPREAD, SPREAD)

    def _at(self, minutes: float) -> None:
        """Comes to when so much business time was worked on it."""
        life = self.life
        life.come_to(due_at(life.values["created_at"], max(minutes, 0.2), self.calendar, self.pauses))

    # Parts of it

    def _opener(self) -> Who:
        source, requester = self.life.values["source"], self.life.values["requester_id"]
        kind = {"api": ActorType.USER, "webhook": ActorType.SYSTEM}.get(source, ActorType.CONTACT)
        return Who(kind, None if kind is ActorType.SYSTEM else requester)

    def _cancelled_early(self, minutes: float) -> None:
        self._at(minutes * 0.5)
        if self.random.random() < 0.5:
            self.life.cancel(person(self.life.values["requester_id"]), "It works again.")
        else:
            self.life.cancel(self.dispatcher(), "Sent to us by mistake.")

    def _taken_up(self, minutes: float) -> UUID:
        """Sorted out, and given to somebody."""
        life, random, desk = self.life, self.random, self.desk
        if random.random() < 0.05:
            self._at(minutes * 0.15)
            other = random.choice([id for id in sorted(desk.agents) if id != life.values["team_id"]])
            life.transfer(self.dispatcher(), other, "This is theirs.")
        if random.random() < 0.06:
            self._at(minutes * 0.2)
            ranks = list(Priority)
            place = ranks.index(Priority(life.values["priority"])) + random.choice((-1, 1, 1))
            if 0 <= place < len(ranks):
                life.reclassify(self.dispatcher(), "After a look at it.", priority=ranks[place])
        agent = random.choice(desk.agents[life.values["team_id"]])
        self._at(minutes * random.uniform(0.25, 0.8))
        life.assign(person(agent) if random.random() < 0.6 else self.dispatcher(), agent)
        return agent

    def _work(self, agent: UUID, first: float, work: float) -> None:
        life, random = self.life, self.random
        for share in sorted(random.random() for _ in range(random.choice((0, 0, 1, 1, 2, 3)))):
            self._at(first + (work - first) * share * 0.9)
            chance = random.random()
            if chance < 0.35:
                life.comment(person(agent), self._line(words.QUESTIONS))
                self._at_once()
                life.pause(person(agent), Status.PENDING, "A question to the customer.")
                self._wait(min(random.lognormvariate(log(9), 1.2), 200) * HOUR)
                life.comment(self._requester(), self._line(words.REPLIES), source=self._channel())
            elif chance < 0.47:
                life.pause(person(agent), Status.ON_HOLD, "Waiting for the supplier.")
                self._wait(random.uniform(3, 60) * HOUR)
                life.resume(person(agent))
            elif chance < 0.75:
                life.comment(self._requester(), self._line(words.NUDGES), source=self._channel())
            elif chance < 0.9:
                life.comment(person(agent), self._line(words.NOTES), internal=True)
            else:
                life.comment(person(agent), self._line(words.ANSWERS))
                self._log_time(agent)
            if chance < 0.75 and random.random() < 0.8:
                self._at_once(minutes=random.uniform(2, 25))
                life.comment(person(agent), self._line(words.ANSWERS))

    def _at_once(self, minutes: float = 1.0) -> None:
        self.life.come_to(self.life.at + timedelta(minutes=minutes))

    def _wait(self, time: timedelta) -> None:
        began = self.life.at
        self.life.come_to(began + time)
        self.pauses.append((began, self.life.at))

    def _log_time(self, agent: UUID) -> None:
        if self.random.random() < 0.45:
            self._at_once(minutes=self.random.uniform(0.5, 3))
            note = self.random.choice((None, None, "On the phone.", "At the desk.", "With the supplier."))
            self.life.log_time(agent, self.random.choice((5, 10, 15, 15, 20, 30, 45, 60, 90)), note)

    def _afterwards(self, agent: UUID, *, is_late: bool) -> None:
        """Rated, reopened or closed."""
        life, random = self.life, self.random
        resolved = life.at
        if random.random() < 0.36:
            life.come_to(resolved + random.uniform(0.05, 20) * HOUR)
            score = random.choices((1, 2, 3, 4, 5), LATE_SCORES if is_late else SCORES)[0]
            said = words.PRAISE if score > 3 else words.BLAME
            life.rate(score, random.choice(said) if random.random() < 0.3 else None)
        chance = random.random()
        if chance < 0.065:
            life.come_to(max(life.at, resolved + random.uniform(0.5, 90) * HOUR))
            self._once_more(agent, is_written=chance < 0.05)
            resolved = life.at
        elif chance < 0.35:
            life.come_to(max(life.at, resolved + random.uniform(1, 60) * HOUR))
            life.close(self._requester())
            return
        days = self.desk.workspace.reopen_window_days
        life.come_to(resolved + timedelta(days=days, seconds=random.uniform(2, 60)))
        life.close(SYSTEM, cause="time", days=days)

    def _once_more(self, agent: UUID, *, is_written: bool) -> None:
        """It was not done after all."""
        life = self.life
        if is_written:
            life.comment(self._requester(), self._line(words.STILL_WRONG), source=self._channel())
        else:
            life.reopen(self.dispatcher(), "The customer called.")
        minutes = self.random.lognormvariate(log(180), 0.9)
        life.come_to(due_at(life.at, minutes, self.calendar))
        life.resolve(person(agent), self._line(words.RESOLUTIONS))

    # People and words

    def dispatcher(self) -> Who:
        """One of those who sort tickets out."""
        return person(self.random.choice(self.desk.dispatchers))

    def _requester(self) -> Who:
        return person(self.life.values["requester_id"])

    def _channel(self) -> str:
        return "email" if self.life.values["source"] in ("email", "public") else "api"

    def _line(self, lines: Sequence[str]) -> str:
        customer = self.life.values["requester_name"].split()[0]
        return self.random.choice(lines).format(customer=customer, n=self.random.randint(1, 9))


def beginning(desk: Desk, random: Random, at: datetime, *, is_spike: bool) -> dict[str, Any]:
    """The columns of a new ticket but those that it is known by."""
    requester, name, organisation = random.choice(desk.customers)
    category = "Network" if is_spike else random.choices(list(words.CATEGORIES), (26, 22, 22, 18, 12))[0]
    team, subcategories, topics = words.CATEGORIES[category]
    topic: Topic = words.SPIKE if is_spike else random.choices(topics, [each.weight for each in topics])[0]
    told = {"n": random.randint(2, 60), "place": random.choice(words.PLACES)}
    priorities = ((Priority.HIGH, 6), (Priority.URGENT, 4)) if is_spike else PRIORITIES
    return {
        "subject": topic.subject.format(**told),
        "description": topic.description.format(**told),
        "type": topic.type,
        "priority": random.choices([p for p, _ in priorities], [w for _, w in priorities])[0],
        "status": Status.NEW,
        "category": category,
        "subcategory": random.choice(subcategories),
        "requester_id": requester,
        "requester_name": name,
        "organisation_id": organisation,
        "assignee_id": None,
        "team_id": desk.teams[team],
        "source": random.choices([s for s, _ in SOURCES], [w for _, w in SOURCES])[0],
        "tags": sorted(random.sample(words.TAGS, random.choice((0, 0, 1, 1, 2)))),
        "sla_policy_id": None,
        "due_at": None,
        "merged_into": None,
        "version": 1,
        "last_sequence": 0,
        "created_at": at,
        "updated_at": at,
        "resolved_at": None,
        "closed_at": None,
        "finished_at": None,
    }
