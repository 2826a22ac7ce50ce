"""What of a timeline entry is a customer's business: not why staff moves work about, nor its marks."""

from collections.abc import Mapping
from typing import Any

# The reason is between colleagues; those of pause, close, reopen and cancel are for the customer too.
INTERNAL_REASONS = frozenset(
    {"archived", "assigned", "reclassified", "transferred", "unarchived", "unassigned"}
)
INTERNAL_CHANGES = frozenset({"custom_fields", "sla_minutes", "tags"})


def as_customers_see(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as answers carry it, without what is marked internal."""
    meta, changes = dict(entry["meta"]), entry["changes"]
    meta.pop("assigned_by", None)
    if entry["action"] in INTERNAL_REASONS:
        meta.pop("reason", None)
    return {
        **entry,
        "meta": meta,
        "changes": {name: change for name, change in changes.items() if name not in INTERNAL_CHANGES},
    }
