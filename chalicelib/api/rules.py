"""Door: rules, what they did, and what they would do."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page
from chalicelib.api.schemas.rules import (
    FiringOut,
    FiringQuery,
    NewRuleTest,
    RuleIn,
    RuleOrder,
    RuleOut,
    RulePatch,
    RuleQuery,
    RulesInOrder,
    RuleTest,
    RuleTested,
    facts_of,
)
from chalicelib.core import paging
from chalicelib.tickets import rule_trying, rules

routes = Routes(__name__, tag="Rules")

TICKET = "0190c0de-0000-7000-8000-000000000001"
TEAM = "0190c0de-0000-7000-8000-000000000002"
RULE = {
    "name": "Outages go to Networks",
    "when": [{"on": "created"}, {"on": "updated", "fields": ["priority"]}],
    "conditions": {
        "all": [{"field": "priority", "operator": "at_least", "value": "high"}],
        "any": [
            {"field": "category", "operator": "is", "value": "Network"},
            {"field": "subject", "operator": "contains_any", "value": ["VPN", "Wi-Fi"]},
        ],
    },
    "actions": [
        {"action": "transfer", "team_id": TEAM},
        {"action": "add_tags", "tags": ["outage"]},
        {"action": "comment", "body": "Sent on by its subject.", "visibility": "internal"},
    ],
}
NEW = frozenset({"name", "description", "when", "conditions", "actions", "enabled"})
TRIED = frozenset({"when", "conditions", "actions"})


@routes.get("/v1/rules", summary="List the rules, in the order in which they run", answer=Page[RuleOut])
def list_rules(call: Call, query: RuleQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(rules.listing(call.tx, call.actor, query.enabled, page))


@routes.post("/v1/rules", summary="Make a rule", answer=RuleOut, status=201, examples={"body": RULE})
def make_rule(call: Call, body: RuleIn) -> Answer:
    made = rules.make(call.tx, call.actor, facts_of(body, NEW))
    return Answer(made, headers={"Location": f"/v1/rules/{made['id']}"})


@routes.post(
    "/v1/rules/reorder",
    summary="Put the rules in order: all of them, on or off",
    answer=RulesInOrder,
    examples={"body": {"rule_ids": ["0190c0de-0000-7000-8000-000000000003"]}},
)
def reorder_rules(call: Call, body: RuleOrder) -> Answer:
    rules.put_in_order(call.tx, call.actor, body.rule_ids)
    return Answer({"rule_ids": body.rule_ids})


@routes.post(
    "/v1/rules/test",
    summary="What a rule that is not kept yet would do to a ticket; nothing is written",
    answer=RuleTested,
    examples={"body": {"ticket_id": TICKET, **{name: RULE[name] for name in sorted(TRIED)}}},
)
def try_new_rule(call: Call, body: NewRuleTest) -> Answer:
    given = facts_of(body, TRIED)
    return Answer(rule_trying.try_given(call.tx, call.actor, given, body.ticket_id, body.sequence))


@routes.get("/v1/rules/{rule_id}", summary="One rule", answer=RuleOut)
def get_rule(call: Call, rule_id: UUID) -> Answer:
    return Answer(rules.get(call.tx, call.actor, rule_id))


@routes.patch(
    "/v1/rules/{rule_id}",
    summary="Change a rule, turn it on or off",
    answer=RuleOut,
    examples={"body": {"enabled": False}},
)
def change_rule(call: Call, rule_id: UUID, body: RulePatch) -> Answer:
    return Answer(rules.change(call.tx, call.actor, rule_id, facts_of(body)))


@routes.delete("/v1/rules/{rule_id}", summary="Delete a rule; what it did stays")
def delete_rule(call: Call, rule_id: UUID) -> Answer:
    rules.delete(call.tx, call.actor, rule_id)
    return Answer(None)


@routes.post(
    "/v1/rules/{rule_id}/test",
    summary="What a rule would do to a ticket; nothing is written",
    answer=RuleTested,
    examples={"body": {"ticket_id": TICKET}},
)
def try_rule(call: Call, rule_id: UUID, body: RuleTest) -> Answer:
    return Answer(rule_trying.try_kept(call.tx, call.actor, rule_id, body.ticket_id, body.sequence))


@routes.get(
    "/v1/rules/{rule_id}/firings",
    summary="What a rule did in the last 30 days, newest first",
    answer=Page[FiringOut],
)
def list_rule_firings(call: Call, rule_id: UUID, query: FiringQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(rules.firings(call.tx, call.actor, rule_id, query.outcome, page))
