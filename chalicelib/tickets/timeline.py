"""What of a timeline entry is a customer's business: not why staff moves work about, nor its marks."""

from collections.abc import Mapping
from typing import Any

# The reason is between colleagues; those of pause, close, reopen and cancel are for the customer too.
INTERNAL_REASONS = frozenset(
    {"archived", "assigned", "merged", "reclassified", "transferred", "unarchived", "unassigned"}
)
# Whom a comment mentions, by which rule a ticket found its assignee, and which other ticket it has to do with
# (somebody else's, maybe), is the staff's to know; so is by which macro, rules or escalation, or with what
# others, it was done.
INTERNAL_META = frozenset(
    {
        *("assigned_by", "bulk_id", "comment_ids", "escalation", "integration", "into_id", "into_label"),
        *("macro", "mentioned", "rules"),
    }
)
INTERNAL_CHANGES = frozenset({"custom_fields", "sla_minutes", "tags"})


def as_customers_see(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as answers carry it, without what is marked internal."""
    meta = {name: value for name, value in entry["meta"].items() if name not in INTERNAL_META}
    changes = entry["changes"]
    if entry["action"] in INTERNAL_REASONS:
        meta.pop("reason", None)
    return {
        **entry,
        "meta": meta,
        "changes": {name: change for name, change in changes.items() if name not in INTERNAL_CHANGES},
    }
