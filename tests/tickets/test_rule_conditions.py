"""Conditions of rules, without a database: what they may ask, and whether they hold."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.models.words import FieldType, Priority
from chalicelib.tickets import rule_conditions
from chalicelib.tickets.field_values import CustomField
from chalicelib.tickets.rule_conditions import Facts, holds, judge
from chalicelib.tickets.rule_fields import FIELDS, OPERATORS, Takes, checked, fields_with
from tests.support.for_each import for_each

ANA, NETWORKS = "0190c0de-0000-7000-8000-000000000001", "0190c0de-0000-7000-8000-000000000002"
TICKET: dict[str, Any] = {
    "status": "open",
    "priority": "high",
    "type": "incident",
    "source": "api",
    "category": "Network",
    "subcategory": None,
    "team": NETWORKS,
    "assignee": None,
    "requester": ANA,
    "requester_email": "carol@customers.example",
    "organisation": None,
    "tags": ["vpn", "floor-3"],
    "subject": "VPN drops in der Straße",
    "description": "Every hour, since the update.",
    "comment": None,
    "comment_visibility": None,
    "actor": frozenset({"requester", "customer"}),
    "breached": False,
    "business_hours": True,
    "custom_fields": {"floor": 3, "vip": True, "bought": "2026-05-01", "rooms": ["A", "B"], "note": "Ａbc"},
}
CHANGES: dict[str, Any] = {
    "status": {"from": "new", "to": "open"},
    "assignee_id": {"from": ANA, "to": None},
    "tags": {"from": ["vpn", "old"], "to": ["vpn", "floor-3"]},
    "custom_fields": {"from": {"floor": 2, "vip": True}, "to": {"floor": 3, "vip": True}},
}
CUSTOM = [
    CustomField(key, kind, options, frozenset(), True, True, True)
    for key, kind, options in [
        ("floor", FieldType.NUMBER, ()),
        ("vip", FieldType.BOOLEAN, ()),
        ("bought", FieldType.DATE, ()),
        ("rooms", FieldType.MULTI_SELECT, ("A", "B", "C")),
        ("size", FieldType.SELECT, ("Small", "Large")),
        ("note", FieldType.TEXT, ()),
    ]
]


def facts() -> Facts:
    return Facts(TICKET, CHANGES)


def condition(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, **({} if value is None else {"value": value})}


@for_each(
    "field, operator, value, wanted",
    [
        ("status", "is", "open", True),
        ("status", "is", "new", False),
        ("status", "is_not", "new", True),
        ("status", "in", ["new", "open"], True),
        ("status", "not_in", ["new", "open"], False),
        ("status", "changed", None, True),
        ("priority", "changed", None, False),
        ("priority", "not_changed", None, True),
        ("status", "changed_to", "open", True),
        ("status", "changed_from", "open", False),
        ("status", "changed_from", "new", True),
        ("priority", "changed_to", "high", False),
        ("priority", "at_least", "high", True),
        ("priority", "at_least", "urgent", False),
        ("priority", "at_most", "high", True),
        ("priority", "at_most", "medium", False),
        ("category", "is", "NETWORK", True),
        ("category", "empty", None, False),
        ("subcategory", "empty", None, True),
        ("subcategory", "is", "VPN", False),
        ("subcategory", "is_not", "VPN", True),
        ("team", "is", NETWORKS, True),
        ("assignee", "is", "none", True),
        ("assignee", "is", ANA, False),
        ("assignee", "in", [ANA, "none"], True),
        ("assignee", "empty", None, True),
        ("assignee", "changed_from", ANA, True),
        ("assignee", "changed_to", "none", True),
        ("organisation", "is_not", "none", False),
        ("requester", "is", ANA, True),
        ("requester_email", "ends_with", "@CUSTOMERS.example", True),
        ("tags", "has", "vpn", True),
        ("tags", "has_not", "vpn", False),
        ("tags", "has_any", ["x", "floor-3"], True),
        ("tags", "has_all", ["vpn", "x"], False),
        ("tags", "has_all", ["vpn", "floor-3"], True),
        ("tags", "has_none", ["x", "y"], True),
        ("tags", "not_empty", None, True),
        ("tags", "added", "floor-3", True),
        ("tags", "added", "vpn", False),
        ("tags", "removed", "old", True),
        ("subject", "contains", "STRASSE", True),
        ("subject", "contains", "wi-fi", False),
        ("subject", "not_contains", "wi-fi", True),
        ("subject", "contains_any", ["wi-fi", "vpn  drops"], True),
        ("subject", "contains_none", ["wi-fi", "vpn"], False),
        ("subject", "starts_with", "vpn", True),
        ("comment", "contains", "anything", False),
        ("comment", "not_contains", "anything", True),
        ("comment", "empty", None, True),
        ("actor", "is", "requester", True),
        ("actor", "is", "staff", False),
        ("actor", "in", ["staff", "customer"], True),
        ("actor", "not_in", ["staff", "system"], True),
        ("breached", "is", False, True),
        ("business_hours", "is", False, False),
        ("custom_fields.floor", "is", 3.0, True),
        ("custom_fields.floor", "at_least", 3, True),
        ("custom_fields.floor", "at_least", 3.5, False),
        ("custom_fields.floor", "at_most", 2, False),
        ("custom_fields.floor", "changed", None, True),
        ("custom_fields.floor", "changed_from", 2, True),
        ("custom_fields.floor", "changed_to", 2, False),
        ("custom_fields.vip", "changed", None, False),
        ("custom_fields.vip", "is", True, True),
        ("custom_fields.vip", "is", 1, False),
        ("custom_fields.bought", "before", "2026-06-01", True),
        ("custom_fields.bought", "after", "2026-05-01", False),
        ("custom_fields.rooms", "has", "a", True),
        ("custom_fields.rooms", "has_all", ["A", "C"], False),
        ("custom_fields.note", "contains", "abc", True),
        ("custom_fields.gone", "is", "x", False),
        ("custom_fields.gone", "empty", None, True),
        ("custom_fields.gone", "at_least", 1, False),
        ("custom_fields.note", "at_least", 1, False),
        ("status", "of_a_later_version", "x", False),
    ],
)
def test_a_condition_holds_or_not(field: str, operator: str, value: Any, wanted: bool) -> None:
    assert holds(condition(field, operator, value), facts()) is wanted


TRUE, FALSE = condition("status", "is", "open"), condition("status", "is", "new")


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ({}, True),
        ({"all": [], "any": []}, True),
        ({"all": [TRUE, TRUE], "any": []}, True),
        ({"all": [TRUE, FALSE], "any": []}, False),
        ({"all": [], "any": [FALSE, TRUE]}, True),
        ({"all": [], "any": [FALSE]}, False),
        ({"all": [TRUE], "any": [FALSE]}, False),
        ({"all": [FALSE], "any": [TRUE]}, False),
    ],
)
def test_all_of_the_one_list_and_any_of_the_other(conditions: dict[str, Any], wanted: bool) -> None:
    assert rule_conditions.apply(conditions, facts()) is wanted
    assert judge(conditions, facts()).holds is wanted


def test_a_judgement_shows_what_was_found() -> None:
    found = judge({"all": [FALSE, condition("status", "changed_to", "open")]}, facts())

    assert [(each.actual, each.holds) for each in found.all] == [
        ("open", False),
        ({"from": "new", "to": "open"}, True),
    ]


NEGATIONS = [
    ("is", "is_not"),
    ("in", "not_in"),
    ("contains", "not_contains"),
    ("contains_any", "contains_none"),
    ("has", "has_not"),
    ("has_any", "has_none"),
    ("empty", "not_empty"),
    ("changed", "not_changed"),
]
TEXTS = st.text(max_size=20)
VALUES = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | TEXTS
ANYTHING = VALUES | st.lists(VALUES, max_size=3)


def value_for(operator: str) -> st.SearchStrategy[Any]:
    """What may stand beside an operator, whatever the field."""
    of_texts = "contains" in operator or operator.endswith("_with")
    one = TEXTS if of_texts else VALUES.filter(lambda value: value is not None)
    return st.lists(one, min_size=1, max_size=3) if OPERATORS[operator] is Takes.MANY else one


class TestProperties:
    @given(st.sampled_from(NEGATIONS), st.sampled_from(sorted(FIELDS)), st.data(), ANYTHING)
    def test_of_an_operator_and_its_opposite_one_holds(
        self, pair: tuple[str, str], field: str, data: st.DataObject, actual: Any
    ) -> None:
        value = data.draw(value_for(pair[0]))
        looked_at = Facts({field: actual}, {})

        one, other = (holds(condition(field, operator, value), looked_at) for operator in pair)

        assert one is not other

    @given(st.sampled_from(sorted(OPERATORS)), st.data(), ANYTHING, ANYTHING, ANYTHING)
    def test_no_value_that_a_ticket_may_have_is_too_odd(
        self, operator: str, data: st.DataObject, actual: Any, before: Any, after: Any
    ) -> None:
        key = "custom_fields.odd"
        changes = {"custom_fields": {"from": {"odd": before}, "to": {"odd": after}}}
        looked_at = Facts({"custom_fields": {"odd": actual}}, changes)

        assert holds(condition(key, operator, data.draw(value_for(operator))), looked_at) in (True, False)

    @given(st.sampled_from(list(Priority)), st.sampled_from(list(Priority)))
    def test_priorities_have_an_order(self, one: Priority, other: Priority) -> None:
        looked_at = Facts({"priority": one}, {})
        at_least, at_most, equal = (
            holds(condition("priority", operator, other), looked_at)
            for operator in ("at_least", "at_most", "is")
        )

        assert at_least or at_most
        assert (at_least and at_most) is equal

    @given(st.lists(st.booleans(), max_size=4), st.lists(st.booleans(), max_size=4))
    def test_the_two_lists_are_and_and_or(self, every: list[bool], some: list[bool]) -> None:
        conditions = {
            group: [TRUE if each else FALSE for each in listed]
            for group, listed in (("all", every), ("any", some))
        }

        assert rule_conditions.apply(conditions, facts()) is (all(every) and (not some or any(some)))

    @given(TEXTS, TEXTS, TEXTS)
    def test_a_text_contains_each_part_of_it_in_any_case(self, before: str, part: str, after: str) -> None:
        looked_at = Facts({"subject": f"{before} {part.upper()} {after}"}, {})

        assert holds(condition("subject", "contains", part.upper()), looked_at)

    @given(st.sampled_from(sorted(fields_with(CUSTOM))), st.sampled_from(sorted(OPERATORS)), ANYTHING)
    def test_what_is_taken_is_taken_again_and_can_be_judged(
        self, field: str, operator: str, value: Any
    ) -> None:
        asked = {"all": [{"field": field, "operator": operator, "value": value}]}
        kept, _, problems = checked(asked, fields_with(CUSTOM))

        if problems:
            assert problems[0].field.startswith("conditions.all.0.")
        else:
            again = checked(kept, fields_with(CUSTOM))
            assert (again[0], again[2]) == (kept, [])
            assert judge(kept, facts()).holds in (True, False)


class TestChecking:
    @for_each(
        "given_, path, sentence",
        [
            (("colour", "is", "red"), "field", "There is no such field. Use one of: status, priority,"),
            (("custom_fields.gone", "is", "x"), "field", "There is no such field."),
            (("status", "contains", "x"), "operator", "status cannot be asked this. Use one of: is, is_not,"),
            (("source", "changed", None), "operator", "source cannot be asked this."),
            (("status", "is", "opened"), "value", "Use one of: new, open,"),
            (("status", "is", None), "value", "Say what status is compared with."),
            (("status", "is", ["open"]), "value", "Use one value; operators such as in"),
            (("status", "in", "open"), "value", "Use a list of 1 to 50 values."),
            (("status", "in", []), "value", "Use a list of 1 to 50 values."),
            (("status", "changed", "open"), "value", "changed takes no value."),
            (("team", "is", "Networks"), "value", "Use an id."),
            (("team", "is", "none"), "value", "Use an id."),
            (("assignee", "is", "nobody"), "value", 'Use an id, or "none".'),
            (("assignee", "is", 7), "value", 'Use an id, or "none".'),
            (("subject", "contains", " "), "value", "Use a text of 1 to 1000 characters."),
            (("subject", "contains", "x" * 1001), "value", "Use a text of 1 to 1000 characters."),
            (("breached", "is", "yes"), "value", "Use true or false."),
            (("actor", "is", "boss"), "value", "Use one of: requester, customer,"),
            (("custom_fields.floor", "at_least", "3"), "value", "Use a number between"),
            (("custom_fields.bought", "before", "May"), "value", "Use a date such as 2026-11-20."),
            (("custom_fields.size", "is", "Huge"), "value", "Use one of: Small, Large."),
            (("custom_fields.rooms", "has_any", ["A", "Z"]), "value", "Use one of: A, B, C."),
        ],
    )
    def test_what_cannot_be_asked_is_told_with_its_path(
        self, given_: tuple[str, str, Any], path: str, sentence: str
    ) -> None:
        field, operator, value = given_
        asked = {"any": [{"field": field, "operator": operator, "value": value}]}

        (problem,) = checked(asked, fields_with(CUSTOM))[2]

        assert problem.field == f"conditions.any.0.{path}"
        assert problem.message.startswith(sentence)

    def test_values_are_kept_as_they_are_spelled_here(self) -> None:
        asked = [
            condition("priority", "is", " URGENT"),
            condition("custom_fields.size", "in", ["small"]),
            condition("team", "is", NETWORKS.upper()),
        ]

        kept, named, problems = checked({"all": asked}, fields_with(CUSTOM))

        assert problems == []
        assert [each["value"] for each in kept["all"]] == ["urgent", ["Small"], NETWORKS]
        assert [(each.path, each.kind, each.id) for each in named] == [
            ("conditions.all.2.value", "team", UUID(NETWORKS))
        ]

    def test_each_operator_is_told_of_and_known(self) -> None:
        used = {operator for field in fields_with(CUSTOM).values() for operator in field.operators}

        assert used == set(OPERATORS) == set(rule_conditions._OPERATORS)
