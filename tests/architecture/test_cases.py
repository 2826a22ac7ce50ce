"""The hostile cases, each by its number in the names of tests."""

import re
from functools import cache

import pytest

from tests.architecture.source import ROOT
from tests.support.for_each import for_each

CASES = {
    1: "a token with another alg, jku, crit",
    2: "a token without exp, iss, aud, sub",
    3: "a refresh token as an access token",
    4: "a weak or missing secret",
    5: "a disabled or demoted user, a revoked key",
    7: "passwords of any length and character",
    8: "known and unknown emails",
    9: "forgotten passwords, throttled",
    10: "an invitation that is empty, unknown or over",
    11: "a new password without the current one",
    12: "parallel refreshes, and a replay",
    14: "every route, role and tenant",
    15: "ids of another tenant in a body",
    16: "hidden tickets, searched for",
    17: "hidden tickets, by every door",
    18: "a role that lacks the permission",
    19: "role and workspace in a body",
    20: "another person's note, edited",
    21: "another ticket's attachment",
    24: "ten thousand switches on one connection",
    26: "the catalogue of tables and policies",
    27: "a policy that the gateway keeps",
    29: "NUL anywhere",
    30: "numbers and times that nothing can hold",
    31: "what is no JSON",
    32: "fields that are unknown, or of another type",
    33: "scripts in Markdown",
    36: "line breaks in names",
    37: "SQL in parameters",
    38: "a defect that tells of itself",
    39: "one key, many calls at once",
    40: "one key, another body",
    41: "one key, another workspace",
    42: "stale versions, and many claimers",
    43: "a thousand creates at once",
    44: "news of what was rolled back",
    45: "news that comes five times",
    46: "news that comes late",
    47: "one bad message of ten",
    48: "queues as they are packaged",
    53: "addresses that lead inside",
    54: "a name that turns inward",
    55: "a redirect",
    56: "slow and huge replies",
    58: "webhooks in that are not signed, not now or not for the first time",
    65: "an email in a URL",
    66: "wrong guesses at a ticket",
    67: "ten thousand guesses",
    68: "what a stranger learns of a ticket",
    69: "formulas in cells",
    70: "the form for one file",
    71: "files that a browser would run",
    72: "names of files",
    74: "a forged audit log",
    75: "a person erased",
}
SLA_CASES = {
    "1": "left on Friday evening",
    "2": "ends exactly at closing",
    "3": "clocks change at the weekend",
    "3b": "24 real hours over a clock change",
    "5": "no gap at midnight",
    "6": "a lunch break",
    "7": "a holiday is a local date",
    "9": "pending over the weekend",
    "10": "a pause wholly outside hours",
    "12": "paused, then resolved",
    "13": "breached, paused, resolved late",
    "16": "a calendar without a working day",
    "17": "no resolution target",
    "17b": "the resolution comment is the first response",
    "18": "merged away or cancelled",
    "19": "two sweeps at once",
    "20": "no sweep for half an hour",
}
# What is about tickets is also shown on tickets, over HTTP and with the sweep.
AT_THE_DESK = ("7", "9", "12", "13", "16", "17", "17b", "18", "19", "20")
DESK = "tests/sla/test_cases_at_the_desk.py"
BEYOND_THE_CASES = {
    "nights over the spring change": "test_the_night_of_the_spring_change_has_seven_hours",
    "nights over the autumn change": "test_the_night_of_the_autumn_change_has_nine_hours",
    "holidays over New Year": "test_a_yearly_range_crosses_new_year_in_every_year",
    "another priority after a pause":
        "test_another_priority_after_a_pause_counts_from_the_original_start_and_keeps_the_pause",
    "another policy after a pause":
        "test_another_policy_after_a_pause_counts_from_the_original_start_and_keeps_the_pause",
    "a changed policy after a pause":
        "test_a_changed_policy_counts_from_the_original_start_and_keeps_the_pause",
    "reopened after days": "test_reopened_after_days_it_has_the_business_time_that_was_left",
    "next responses":
        "test_next_response_is_armed_by_the_first_unanswered_question_and_cleared_by_an_answer",
    "one weekday and a long target": "test_one_weekday_a_week_carries_a_long_target_over_a_year",
    "the last second, counted": "test_a_target_can_be_due_in_the_last_second_of_a_window",
    "the last second, swept": "test_due_in_the_last_second_of_a_window_it_is_late_in_that_second",
}  # fmt: skip
MAIL_CASES = {
    1: "an answer to our mail",
    2: "an answer to the own first mail",
    3: "a colleague in Cc answers all",
    5: "a label that a stranger guesses",
    6: "a newsletter that many answer",
    7: "forwarded mail",
    8: "a forged sender",
    9: "an out-of-office",
    10: "a robot that answers every answer",
    11: "a bounce",
    12: "our own mail comes back",
    13: "one mail, delivered again",
    15: "no message id",
    16: "no sender",
    17: "nothing said",
    18: "charsets, file names, NUL",
    19: "broken types, winmail.dat",
    20: "too much of it",
    21: "quotes",
    22: "Software: down",
    23: "a verdict of the receiving server",
}
# How these are read says little; what becomes of them is shown with the database.
MAIL_ROOM = {f"tests/channels/test_{name}.py" for name in ("receiving", "threads", "bouncing")}
READ_ALONE = {18, 19}
MAIL_NAME = re.compile(r"test_case_e0?(\d{1,2})_")
TEST = re.compile(r"^ *def (test_\w+)\(", re.MULTILINE)
NAME = re.compile(r"test_(?:case_)?0?(\d{1,2})_")
SLA_NAME = re.compile(r"test_case_s(\d{1,2}b?)_")


@cache
def every_test() -> list[tuple[str, str]]:
    """Every test there is, as its file and its name."""
    return [
        (str(path.relative_to(ROOT)), name)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for name in TEST.findall(path.read_text("utf-8"))
    ]


@cache
def named() -> set[int]:
    """The cases that a test names."""
    return {int(number[1]) for _, name in every_test() if (number := NAME.match(name))}


@cache
def sla_named() -> set[tuple[str, bool]]:
    """The SLA cases that a test names, and whether it does so at the desk."""
    return {(number[1], file == DESK) for file, name in every_test() if (number := SLA_NAME.match(name))}


@for_each("case", CASES)
def test_each_case_has_a_test_that_names_it(case: int) -> None:
    assert case in named(), f"no test_case_{case:02} for {CASES[case]}"


@for_each("case", SLA_CASES)
def test_each_sla_case_has_a_test_that_names_it(case: str) -> None:
    assert {(case, True), (case, False)} & sla_named(), f"no test_case_s{case} for {SLA_CASES[case]}"


@pytest.mark.parametrize("case", AT_THE_DESK)
def test_each_sla_case_of_tickets_has_one_in_the_engine_and_one_at_the_desk(case: str) -> None:
    assert {(case, True), (case, False)} <= sla_named(), f"only one test_case_s{case} for {SLA_CASES[case]}"


@pytest.mark.parametrize("rule", BEYOND_THE_CASES)
def test_each_rule_beyond_the_sla_cases_has_its_test(rule: str) -> None:
    assert BEYOND_THE_CASES[rule] in {name for _, name in every_test()}


@for_each("case", MAIL_CASES)
def test_each_case_of_mail_has_a_test_that_names_it(case: int) -> None:
    named = {int(number[1]) for _, name in every_test() if (number := MAIL_NAME.match(name))}
    assert case in named, f"no test_case_e{case:02} for {MAIL_CASES[case]}"


@for_each("case", sorted(MAIL_CASES.keys() - READ_ALONE))
def test_each_case_of_mail_that_the_desk_decides_has_one_there(case: int) -> None:
    there = [name for file, name in every_test() if file in MAIL_ROOM]
    assert case in {int(number[1]) for name in there if (number := MAIL_NAME.match(name))}


def test_the_names_are_found_however_they_are_written() -> None:
    for name, case in [("test_5_x", 5), ("test_05_x", 5), ("test_case_5_x", 5), ("test_case_12_x", 12)]:
        assert int(NAME.match(name)[1]) == case  # type: ignore[index]
    assert NAME.match("test_ten_failures") is None
