"""When people write: by weekday and hour, more as the desk grows, and all at once on one day."""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
# From Monday on.
WEEKDAYS = (1.35, 1.1, 1.0, 1.0, 0.85, 0.22, 0.15)
# From midnight on: two peaks, a lunch between them, a lull at night.
HOURS = (
    *(0.05, 0.04, 0.03, 0.03, 0.04, 0.08, 0.2, 0.5, 1.0, 1.5, 1.6, 1.4),
    *(0.9, 0.8, 1.2, 1.3, 1.2, 0.9, 0.5, 0.3, 0.2, 0.15, 0.1, 0.07),
)
GROWTH = 0.35  # from the first day to the last
SPIKE_HOURS, SPIKE = range(9, 12), 7.0
# So many come twice: somebody writes again before anybody has answered.
TWINS = 0.02


@dataclass
class Arrival:
    """A ticket to be. `twin_of`: the place of the one that it repeats."""

    at: datetime
    is_spike: bool = False
    twin_of: int | None = None


def spike_day(now: datetime, days: int, zone: ZoneInfo) -> datetime | None:
    """The day on which something large is broken: a working day, two thirds into the period."""
    if days < 7:
        return None
    day = (now - timedelta(days=days) * 0.37).astimezone(zone)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def arrivals(random: Random, now: datetime, days: int, count: int, zone: ZoneInfo) -> list[Arrival]:
    """So many, in order, within the days before now."""
    begins = now - timedelta(days=days)
    spike = spike_day(now, days, zone)
    hours = list(_weights(begins, now, spike, zone))
    sums = list(accumulate(weight for _, weight, _ in hours))
    twins = round(count * TWINS)
    found: list[Arrival] = []
    for _ in range(count - twins):
        hour, _, is_spike = hours[bisect(sums, random.random() * sums[-1])]
        at = hour + HOUR * random.random()
        found.append(Arrival(min(at, now - timedelta(seconds=1)), is_spike))
    for original in random.sample(range(len(found)), min(twins, len(found))):
        at = found[original].at + timedelta(minutes=random.uniform(3, 25))
        found.append(Arrival(min(at, now - timedelta(seconds=1)), twin_of=original))
    order = sorted(range(len(found)), key=lambda place: (found[place].at, place))
    places = {old: new for new, old in enumerate(order)}
    for each in found:
        each.twin_of = None if each.twin_of is None else places[each.twin_of]
    return [found[old] for old in order]


def _weights(
    begins: datetime, now: datetime, spike: datetime | None, zone: ZoneInfo
) -> Iterator[tuple[datetime, float, bool]]:
    """Each hour of the period, how much comes in it, and whether it is the hour of the spike."""
    hour = begins
    while hour < now:
        here = hour.astimezone(zone)
        weight = WEEKDAYS[here.weekday()] * HOURS[here.hour]
        weight *= 1 + GROWTH * ((hour - begins) / (now - begins))
        is_spike = spike is not None and here.date() == spike.date() and here.hour in SPIKE_HOURS
        yield hour, weight * (SPIKE if is_spike else 1), is_spike
        hour += HOUR
