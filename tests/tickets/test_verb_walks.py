"""Random walks of several people over a few tickets, against a model of DESIGN.md §3: answers, states,
versions, timeline, events and database never disagree.

They are the same ones each time, so twenty do; `make nightly` walks other ones, and much further.
"""

from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.cast import Person, person
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk
from tests.support.walker import MOST_TICKETS, OTHERS, PEOPLE, WHAT, Step, Walker

IS_NIGHTLY = settings.get_current_profile_name() == "nightly"
WALKS, LENGTH = (1000, 60) if IS_NIGHTLY else (12, 30)
# The story of a walk is told with its failure; a shorter one takes minutes to find.
PHASES = [*Phase] if IS_NIGHTLY else [Phase.explicit, Phase.reuse, Phase.generate]

# The verbs once each; comments and changes, of which desks see most, more often.
WEIGHTED = [*WHAT, *OTHERS[:2] * 4]
MATCHES = ["none"] * 4 + ["right"] * 4 + ["stale"]
EAGER = [True] * 3 + [False]
CHOICES = 12

steps = st.builds(
    Step,
    st.sampled_from([*PEOPLE]),
    st.sampled_from(WEIGHTED),
    st.integers(0, MOST_TICKETS - 1),
    st.tuples(*[st.integers(0, CHOICES - 1)] * 3),
    st.sampled_from(MATCHES),
    st.sampled_from(EAGER),
)


def drawn(seed: int) -> list[Step]:
    """A walk of even odds; what Hypothesis puts together by itself repeats itself much."""
    dice = Random(seed)
    return [
        Step(
            dice.choice([*PEOPLE]),
            dice.choice(WEIGHTED),
            dice.randrange(MOST_TICKETS),
            (dice.randrange(CHOICES), dice.randrange(CHOICES), dice.randrange(CHOICES)),
            dice.choice(MATCHES),
            dice.choice(EAGER),
        )
        for _ in range(LENGTH)
    ]


walks = st.lists(steps, min_size=LENGTH // 2, max_size=LENGTH) | st.integers(0, 2**32 - 1).map(drawn)


@pytest.fixture
def cleo(desk: ServiceDesk, database: Database) -> Person:
    """A customer who has nothing to do with any ticket."""
    return person(database, desk.cast.acme, "Cleo", "customer", "customers.example")


@settings(
    max_examples=WALKS,
    deadline=None,
    derandomize=not IS_NIGHTLY,
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(walks)
def test_a_walk_is_as_the_table_foretells(
    desk: ServiceDesk, database: Database, cleo: Person, walk: list[Step]
) -> None:
    walker = Walker(desk, database, cleo)
    for step in walk:
        walker.take(step)
        walker.compare()
    walker.compare_answers()
