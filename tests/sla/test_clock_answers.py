"""First and next response: what arms them, what meets them, what does not."""

from tests.sla.office import about, armed, june, of, promising, started, sweep

TALK = promising(first_response=120, next_response=60, resolution=4800)


def test_the_first_public_answer_meets_the_first_response_and_later_ones_change_nothing() -> None:
    clock = started(TALK, june(5, 10))

    clock.answered(june(5, 11))
    clock.answered(june(5, 12))

    (first,) = of(clock, "first_response")
    assert first.fulfilled_at == june(5, 11)
    assert armed(first) == {}


def test_no_next_response_before_the_first_one() -> None:
    clock = started(TALK, june(5, 10))

    clock.asked(june(5, 10, 30), TALK, about())

    assert of(clock, "next_response") == []


def test_the_first_question_without_an_answer_starts_the_next_response() -> None:
    clock = started(TALK, june(5, 10))
    clock.answered(june(5, 11))

    clock.asked(june(5, 12), TALK, about())
    clock.asked(june(5, 12, 30), TALK, about())

    (asked,) = of(clock, "next_response")
    assert (asked.cycle, asked.started_at, asked.due_at) == (1, june(5, 12), june(5, 13))


def test_an_answer_clears_it_and_the_next_question_is_another_cycle() -> None:
    clock = started(TALK, june(5, 10))
    clock.answered(june(5, 11))
    clock.asked(june(5, 12), TALK, about())

    clock.answered(june(5, 12, 30))
    clock.asked(june(5, 16, 30), TALK, about())

    once, again = of(clock, "next_response")
    assert once.fulfilled_at == june(5, 12, 30)
    assert (again.cycle, again.due_at) == (2, june(8, 9, 30))


def test_an_answer_that_comes_late_tells_the_breach() -> None:
    clock = started(TALK, june(5, 10))
    clock.answered(june(5, 11))
    clock.asked(june(5, 12), TALK, about())

    clock.answered(june(5, 13, 0, 1))

    assert [target.metric for target in clock.breaches] == ["next_response"]
    assert sweep(clock, june(5, 14)) == []


def test_a_question_on_a_ticket_on_hold_waits_with_it() -> None:
    clock = started(TALK, june(5, 10))
    clock.answered(june(5, 11))
    clock.paused(june(5, 11, 30))

    clock.asked(june(5, 12), TALK, about())
    clock.resumed(june(5, 14))

    (asked,) = of(clock, "next_response")
    assert asked.due_at == june(5, 15)


def test_an_answer_on_hold_meets_the_question() -> None:
    clock = started(TALK, june(5, 10))
    clock.answered(june(5, 11))
    clock.asked(june(5, 12), TALK, about())
    clock.paused(june(5, 12, 30))

    clock.answered(june(8, 10))

    (asked,) = of(clock, "next_response")
    assert asked.fulfilled_at == june(8, 10)
    assert not asked.breached_by(june(30, 10))
    assert asked.paused_intervals == [(june(5, 12, 30), june(8, 10))]


def test_with_next_responses_alone_promised_there_must_have_been_an_answer_too() -> None:
    only_next = promising(next_response=60)
    clock = started(only_next, june(5, 10))

    clock.asked(june(5, 11), only_next, about())
    assert clock.targets == []
    clock.answered(june(5, 11, 30))
    clock.asked(june(5, 12), only_next, about())

    assert [target.started_at for target in of(clock, "next_response")] == [june(5, 12)]


def test_a_question_waits_where_only_the_ticket_knows_that_it_is_paused() -> None:
    only_next = promising(next_response=60)
    clock = started(only_next, june(5, 10))

    clock.answered(june(5, 11))
    clock.asked(june(5, 12), only_next, about(paused=True))

    assert of(clock, "next_response")[0].paused_at == june(5, 12)


def test_without_a_promise_of_a_next_response_there_is_none() -> None:
    clock = started(promising(first_response=60), june(5, 10))
    clock.answered(june(5, 10, 30))

    clock.asked(june(5, 11), promising(first_response=60), about())
    clock.asked(june(5, 11), None, about())

    assert of(clock, "next_response") == []


def test_closing_ends_an_open_question() -> None:
    clock = started(TALK, june(5, 10))
    clock.answered(june(5, 11))
    clock.asked(june(5, 12), TALK, about())

    clock.closed(june(5, 12, 30))

    (asked,) = of(clock, "next_response")
    assert asked.ended_at == june(5, 12, 30)
    assert sweep(clock, june(30, 10)) == []
