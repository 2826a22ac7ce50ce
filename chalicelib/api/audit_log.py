"""Door: the audit log, and the proof that it is whole."""

from chalicelib.accounts import anchoring, audit_trail
from chalicelib.accounts.anchoring import Anchor
from chalicelib.api.endpoint import Ahead, Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.audit import AuditEntryOut, AuditQuery, VerifiedOut, VerifyQuery
from chalicelib.api.schemas.common import Page
from chalicelib.core import paging

routes = Routes(__name__, tag="Audit log")


@routes.get("/v1/audit-log", summary="Who did what, newest first", answer=Page[AuditEntryOut])
def list_audit_entries(call: Call, query: AuditQuery) -> Answer:
    wanted = {
        "actor_id": query.actor,
        "actions": query.action,
        "target_id": query.target,
        "created_after": query.created_after,
        "created_before": query.created_before,
    }
    page = paging.Page(query.limit, query.cursor, query.offset)
    filters = {name: value for name, value in wanted.items() if value is not None}
    return Answer(audit_trail.listing(call.tx, call.actor, filters, page))


def furthest_anchor(ahead: Ahead) -> Anchor | None:
    if ahead.workspace_id is None:
        raise RuntimeError("the audit log is no public matter")
    return anchoring.latest(ahead.settings.audit_bucket, ahead.workspace_id, "hasty")


@routes.get(
    "/v1/audit-log/verify",
    summary="Is the audit log whole? Names the first entry that is not as it was written",
    answer=VerifiedOut,
    prepare=furthest_anchor,
)
def verify_audit_log(call: Call, query: VerifyQuery) -> Answer:
    return Answer(audit_trail.verify(call.tx, call.actor, call.prepared, query.from_sequence))
