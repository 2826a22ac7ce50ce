"""The settings of a workspace."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy.exc import DBAPIError

from chalicelib.accounts import queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction, sqlstate
from chalicelib.core.errors import Conflict, ValidationFailed

SLUG_KEY = "workspaces_slug_key"
INVALID_PARAMETER_VALUE = "22023"
# Files beside the zones of the IANA database: whatever zone the machine has, and none.
NO_ZONES = ("Factory", "localtime")


BRANDING = {"color": "brand_color", "logo_url": "brand_logo_url", "footer": "brand_footer"}
# What strangers see of a workspace before they write to it.
FACADE = ("slug", "name", "language", "timezone", "customer_signup", "oidc_enabled", "branding")
# When what is pending is reminded of and resolved: one bounds the other.
PENDING = ("pending_reminder_days", "pending_resolve_days")


def get(tx: Transaction, actor: Actor) -> dict[str, Any]:
    """The actor's workspace, with all its settings."""
    return dict(queries.workspace(tx, actor.workspace.id)._mapping)


def facade(tx: Transaction, stranger: Actor) -> dict[str, Any]:
    """What the public pages of the workspace show: FACADE."""
    workspace = get(tx, stranger)
    return {name: workspace[name] for name in FACADE}


def change(tx: Transaction, actor: Actor, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted`: any of the settings; of `branding` those parts that it has.

    Raises Forbidden, Conflict where the slug is taken, ValidationFailed.
    """
    actor.require(Permission.WORKSPACE_CHANGE, "Only an administrator changes the workspace.")
    if "timezone" in wanted:
        check_timezone(tx, wanted["timezone"])
    if not wanted.keys().isdisjoint(PENDING):
        queries.hold_workspace(tx, actor.workspace.id)
    before = get(tx, actor)
    _require_reminders_first({**before, **wanted}, wanted)
    if wanted.get("two_step_required_of") == "staff" != before["two_step_required_of"]:
        _require_own_second_step(actor)
    if not wanted:
        return before
    with unique(SLUG_KEY, "Another workspace has this slug. Choose another one."):
        queries.change_workspace(tx, actor.workspace.id, _columns(wanted))
    changed = get(tx, actor)
    told = {name: changed[name] for name in wanted}
    audit_changes(tx, actor, "workspace.changed", ("workspace", actor.workspace.id), before, told)
    return changed


def _columns(wanted: Mapping[str, Any]) -> dict[str, Any]:
    branding = wanted.get("branding", {})
    return {name: value for name, value in wanted.items() if name != "branding"} | {
        BRANDING[part]: value for part, value in branding.items()
    }


def _require_reminders_first(settings: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raises ValidationFailed where customers would be reminded of what is resolved by then."""
    reminders, resolve = (settings[name] for name in PENDING)
    field = next((name for name in reversed(PENDING) if name in wanted), None)
    if field and resolve is not None and any(days >= resolve for days in reminders):
        raise ValidationFailed.of(
            field,
            f"The last reminder would come after {max(reminders)} days and the resolving after {resolve}: "
            "resolve later than that, or remind earlier.",
        )


def _require_own_second_step(actor: Actor) -> None:
    """Raises Conflict for who would be the first to be locked out. API keys sign in with no steps."""
    step = actor.second_step
    if actor.user_id is not None and not (step.enabled or step.vouched):
        raise Conflict("Set two-step sign-in up for yourself first, with POST /v1/auth/totp.")


def check_timezone(tx: Transaction, timezone: str) -> None:
    """Raises ValidationFailed unless both Python and PostgreSQL know the zone: each computes times in it."""
    if timezone in NO_ZONES or timezone not in available_timezones():
        raise _unknown_zone()
    try:
        queries.try_timezone(tx, timezone)
    except DBAPIError as error:
        if sqlstate(error) != INVALID_PARAMETER_VALUE:
            raise
        raise _unknown_zone() from error


def _unknown_zone() -> ValidationFailed:
    return ValidationFailed.of(
        "timezone", "This is no time zone of the IANA database, such as America/Bogota."
    )
