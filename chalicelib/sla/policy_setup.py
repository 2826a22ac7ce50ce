"""Policies as a desk keeps them: which tickets get which promises. A ticket keeps its policy until its type,
priority, category, team, tags or minutes change, or it comes back to work. What a changed policy promises and
announces holds for all that are under it, promised anew in the background by tickets/repromising.py."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound, ValidationFailed
from chalicelib.core.paging import MAX_LIMIT, Page, answer
from chalicelib.sla import announcement_setup as announcements
from chalicelib.sla import policy_queries as queries
from chalicelib.sla.calendar_setup import REQUEST_SECONDS
from chalicelib.sla.policy_checks import check

KIND = "repromise"
MOST = 100
NAME_KEY = "sla_policies_workspace_id_name_key"
NAME_TAKEN = "There is already a policy of this name."
FACTS = (
    *("name", "position", "enabled", "conditions", "targets", "calendar_id"),
    *("warnings", "escalations"),
)
PROMISED = ("targets", "calendar_id", "warnings", "escalations")
SORT_TYPES: Mapping[str, Any] = {"position": int, "name": str}

Facts = Mapping[str, Any]


def get(tx: Transaction, actor: Actor, policy_id: UUID) -> dict[str, Any]:
    """One policy. Raises NotFound, Forbidden."""
    _require_staff(actor)
    row = queries.policy(tx, actor.workspace.id, policy_id)
    if row is None:
        raise no_such_policy()
    return dict(row._mapping)


def listing(
    tx: Transaction, actor: Actor, enabled: bool | None, page: Page, sort: str = "position"
) -> dict[str, Any]:
    """A page of policies; by position they stand as tickets try them. Raises Forbidden."""
    _require_staff(actor)
    by = sort.removeprefix("-")
    after = page.after(sort, (SORT_TYPES[by], UUID))
    rows = queries.list_policies(tx, actor.workspace.id, enabled, page, sort, after)
    return answer(rows, page, sort, lambda row: (getattr(row, by), row.id), lambda row: dict(row._mapping))


def make(tx: Transaction, actor: Actor, facts: Facts) -> dict[str, Any]:
    """`facts`: FACTS; position None is the end.

    Raises Forbidden, ValidationFailed for what is there twice or takes too long by its calendar, NotFound for
    what it names and is not there, Conflict for a name that is taken and for one too many. Ids of escalations
    are of the policy that these were copied from: here they get their own.
    """
    require_admin(actor)
    copied = [{name: one[name] for name in one if name != "id"} for one in facts["escalations"]]
    facts = _settled(actor, {**facts, "escalations": copied}, ())
    check(tx, actor, facts, facts)
    with unique(NAME_KEY, NAME_TAKEN):
        made_id = queries.add(tx, actor.workspace.id, facts, MOST)
    if made_id is None:
        raise Conflict(f"A workspace has {MOST} policies at most.")
    made = get(tx, actor, made_id)
    audit(tx, actor, "sla_policy.created", ("sla_policy", made_id), after=_audited(made))
    return made


def change(tx: Transaction, actor: Actor, policy_id: UUID, wanted: Facts) -> dict[str, Any]:
    """`wanted`: any of FACTS, each as a whole. The answer says which job promises its tickets anew, None
    where that is not needed. Raises as `make` does, and NotFound."""
    require_admin(actor)
    before = _held(tx, actor, policy_id)
    known = _audited(before)
    settled = _settled(actor, wanted, known["escalations"])
    values = {name: value for name, value in settled.items() if value != known[name]}
    if not values:
        return {**before, "job_id": None}
    check(tx, actor, values, known)
    with unique(NAME_KEY, NAME_TAKEN):
        queries.change(tx, actor.workspace.id, policy_id, values)
    changed = get(tx, actor, policy_id)
    audit_changes(tx, actor, "sla_policy.changed", ("sla_policy", policy_id), known, _audited(changed))
    job_id = None
    if any(name in values for name in PROMISED):
        # Kept back for as long as requests last: none that still promised as it was writes that after.
        about = (tx, actor.workspace.id, KIND, policy_id)
        asked = jobs.put_off(*about, REQUEST_SECONDS) or jobs.ask(
            *about, actor.user_id, delay=REQUEST_SECONDS
        )
        job_id = asked.id
    return {**changed, "job_id": job_id}


def delete(tx: Transaction, actor: Actor, policy_id: UUID) -> None:
    """What it promised stands. Raises Forbidden, NotFound."""
    require_admin(actor)
    before = _held(tx, actor, policy_id)
    queries.delete(tx, actor.workspace.id, policy_id)
    audit(tx, actor, "sla_policy.deleted", ("sla_policy", policy_id), before=_audited(before))


def reorder(tx: Transaction, actor: Actor, ids: Sequence[UUID]) -> dict[str, Any]:
    """Puts all of them in this order, those that are not enabled too. Answers the first page.

    Raises Forbidden, NotFound, ValidationFailed for one named twice, Conflict where one is missing.
    """
    require_admin(actor)
    held = queries.lock_all(tx, actor.workspace.id)
    if not held >= set(ids):
        raise no_such_policy()
    if len(set(ids)) < len(ids):
        raise ValidationFailed.of("policy_ids", "One is named twice.")
    if len(ids) < len(held):
        raise Conflict("Name every policy: the order is of all of them.")
    queries.reorder(tx, actor.workspace.id, ids)
    workspace = ("workspace", actor.workspace.id)
    audit(tx, actor, "sla_policies.reordered", workspace, after={"policies": list(ids)})
    return listing(tx, actor, None, Page(MAX_LIMIT))


def require_admin(actor: Actor) -> None:
    actor.require(Permission.SLA_MANAGE, "Only an administrator says what is promised.")


def no_such_policy() -> NotFound:
    return NotFound("There is no such policy.")


def _held(tx: Transaction, actor: Actor, policy_id: UUID) -> dict[str, Any]:
    """The policy, locked."""
    if not queries.lock(tx, actor.workspace.id, policy_id):
        raise no_such_policy()
    return get(tx, actor, policy_id)


def _settled(actor: Actor, facts: Facts, before: Sequence[Facts]) -> Facts:
    """With the ids that its escalations keep, of those that the policy had `before`. Raises NotFound for an
    id that is none of those."""
    if "escalations" not in facts:
        return facts
    if strangers := announcements.strangers(facts["escalations"], before):
        raise NotFound(strangers[0].message, errors=strangers)
    return {**facts, "escalations": announcements.settled(facts["escalations"], before, actor.now)}


def _audited(policy: Facts) -> dict[str, Any]:
    calendar_id = UUID(policy["calendar"]["id"])
    return {name: policy[name] for name in FACTS if name != "calendar_id"} | {"calendar_id": calendar_id}


def _require_staff(actor: Actor) -> None:
    actor.require(Permission.SLA_READ, "What the desk promises is set up between colleagues.")
