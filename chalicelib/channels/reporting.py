"""What a call of a webhook in tells of a ticket, whoever sent it. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.channels import alerts, mapping
from chalicelib.channels.mapping import Fact
from chalicelib.models.words import IntegrationKind
from chalicelib.tickets.actions import Document, Kind

CLASSIFIED = {
    Fact.TYPE: (Kind.SET_TYPE, "type"),
    Fact.PRIORITY: (Kind.SET_PRIORITY, "priority"),
    Fact.TAGS: (Kind.ADD_TAGS, "tags"),
}


@dataclass(frozen=True)
class Report:
    """What a call tells. `news`: of alerts, for the staff; `firing`: those that do now, None where it is not
    about alerts."""

    facts: Mapping[Fact, Any]
    firing: Collection[str] | None = None
    news: str = ""

    def get(self, fact: Fact, otherwise: Any = None) -> Any:
        return self.facts.get(fact, otherwise)


def read(integration: Any, document: Mapping[str, Any]) -> Report:
    """What the call tells, as this integration's mapping has it. Raises ValidationFailed."""
    if integration.kind == IntegrationKind.GENERIC:
        return Report(mapping.read(integration.mapping or mapping.PLAIN, document))
    group = alerts.read(document)
    facts = {**alerts.facts(group), **mapping.read(integration.mapping, document)}
    return Report(facts, group.firing, alerts.told(group))


def actions_of(report: Report) -> list[Document]:
    """What the call says of a ticket itself, not what holds where it says nothing."""
    documents: list[Document] = [
        {"action": kind, name: report.facts[fact]}
        for fact, (kind, name) in CLASSIFIED.items()
        if fact in report.facts
    ]
    if category := report.get(Fact.CATEGORY):
        subcategory = report.get(Fact.SUBCATEGORY)
        documents.append({"action": Kind.SET_CATEGORY, "category": category, "subcategory": subcategory})
    if status := report.get(Fact.STATUS):
        documents.append({"action": Kind.SET_STATUS, "status": status})
    return documents
