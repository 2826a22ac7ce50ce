"""The document as schemathesis judges it, in short: every operation a few times, some of them at length.
`make fuzz` is the long way."""

import pytest

from tests.fuzz.desk import Desk
from tests.fuzz.report import report
from tests.fuzz.tally import Tally
from tests.fuzz.visiting import glance, operations, visit

# Schemathesis warns of what is its own.
pytestmark = pytest.mark.filterwarnings("ignore")
SEED = 1
# Some of each kind: a list, a filter, verbs, shapes with many rules, a form, what is public.
AT_LENGTH = ("list_tickets", "create_ticket", "make_sla_policy", "change_workspace", "create_public_ticket")
CALLS = 60


def test_every_operation_answers_as_the_document_says(desk: Desk) -> None:
    tally = Tally()
    known = operations(desk)

    glance(desk, tally, known, SEED)

    assert set(tally.called) == set(known)
    assert not tally.findings, report(tally, 0, is_whole=False)


@pytest.mark.parametrize("name", AT_LENGTH)
def test_an_operation_keeps_to_the_document_whatever_it_is_sent(desk: Desk, name: str) -> None:
    tally = Tally()

    visit(desk, tally, operations(desk)[name], CALLS, SEED, 60)

    assert tally.calls >= CALLS / 2
    assert not tally.findings, report(tally, 0, is_whole=False)
