"""Alerts of Prometheus's Alertmanager and of Grafana: a group of them is a ticket, which opens while one
fires and is resolved once none does. Pure.

Sources: Prometheus, "Alerting: configuration", <webhook_config> (version 4); Grafana, "Configure webhook
notifications".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from chalicelib.channels.mapping import Fact, line, text
from chalicelib.core.errors import FieldProblem, ValidationFailed
from chalicelib.core.json_text import dumps
from chalicelib.models.words import Priority, Status, TicketType

FIRING, RESOLVED = "firing", "resolved"
MOST_SHOWN = 20
MOST_ALERTS = 1000
SHOWN_BYTES = 3000
# What a desk calls otherwise says nothing, and is not refused: an alert must come through.
SEVERITIES: Final[Mapping[str, Priority]] = {
    **dict.fromkeys(("critical", "page", "urgent"), Priority.URGENT),
    **dict.fromkeys(("error", "major", "high"), Priority.HIGH),
    **dict.fromkeys(("warning", "medium"), Priority.MEDIUM),
    **dict.fromkeys(("minor", "info", "none", "low"), Priority.LOW),
}
MOST_URGENT_FIRST = (Priority.URGENT, Priority.HIGH, Priority.MEDIUM, Priority.LOW)


@dataclass(frozen=True)
class Alert:
    """One alert of a group, known by its fingerprint."""

    fingerprint: str
    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    since: str
    until: str
    links: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """What one call tells: alerts that are notified of together."""

    key: str
    status: str
    labels: Mapping[str, str]
    common: Mapping[str, str]
    summary: str
    alerts: Sequence[Alert]

    @property
    def firing(self) -> frozenset[str]:
        return frozenset(alert.fingerprint for alert in self.alerts if alert.status == FIRING)


def read(document: Any) -> Group:
    """The call's alerts. Raises ValidationFailed with the fields at fault."""
    problems: list[FieldProblem] = []

    def wrong(field: str, sentence: str) -> None:
        problems.append(FieldProblem(field, "VALIDATION_ERROR", sentence))

    if not isinstance(key := document.get("groupKey"), str) or not key:
        wrong("groupKey", "This names the group of alerts: a text.")
    if (status := document.get("status")) not in (FIRING, RESOLVED):
        wrong("status", f"This must be {FIRING} or {RESOLVED}.")
    listed = document.get("alerts")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_ALERTS:
        wrong("alerts", f"This must be a list of 1 to {MOST_ALERTS} alerts.")
        listed = []
    for place, each in enumerate(listed):
        if not isinstance(each, dict) or each.get("status") not in (FIRING, RESOLVED):
            wrong(f"alerts.{place}.status", f"This must be {FIRING} or {RESOLVED}.")
    if problems:
        raise ValidationFailed(f"{problems[0].field}: {problems[0].message}", errors=problems[:50])
    common = _texts(document.get("commonLabels"))
    annotations = _texts(document.get("commonAnnotations"))
    return Group(
        key=_short(str(key)),
        status=str(status),
        labels=_texts(document.get("groupLabels")),
        common=common,
        summary=annotations.get("summary", ""),
        alerts=[_alert(each) for each in listed],
    )


def facts(group: Group) -> dict[Fact, Any]:
    """What the group tells of a ticket."""
    told_of = {
        Fact.EXTERNAL_ID: group.key,
        Fact.SUBJECT: _subject(group),
        Fact.DESCRIPTION: told(group),
        Fact.TYPE: TicketType.INCIDENT,
        Fact.STATUS: Status.OPEN if group.firing else Status.RESOLVED,
    }
    priority = _priority(group)
    return told_of if priority is None else {**told_of, Fact.PRIORITY: priority}


def told(group: Group) -> str:
    """The alerts for people, as Markdown: values stand in blocks of code, where they are but letters."""
    parts = [_told(alert) for alert in group.alerts[:MOST_SHOWN]]
    if len(group.alerts) > MOST_SHOWN:
        parts.append(f"… and {len(group.alerts) - MOST_SHOWN} more.")
    return text("\n\n".join(parts))


def _subject(group: Group) -> str:
    name = group.common.get("alertname") or group.alerts[0].labels.get("alertname") or "Alert"
    where = ", ".join(value for label, value in group.labels.items() if label != "alertname")
    return line(group.summary or (f"{name}: {where}" if where else name))


def _priority(group: Group) -> Priority | None:
    """The most urgent of what fires, by the label `severity`; what is over is no less urgent than it was."""
    severities = (
        alert.labels.get("severity", "").strip().lower() for alert in group.alerts if alert.status == FIRING
    )
    said = {SEVERITIES[severity] for severity in severities if severity in SEVERITIES}
    return next((each for each in MOST_URGENT_FIRST if each in said), None)


def _told(alert: Alert) -> str:
    lines = [
        f"{alert.status} since {alert.since}" + (f" until {alert.until}" if alert.status == RESOLVED else "")
    ]
    lines += [f"{name}: {value}" for name, value in (*alert.labels.items(), *alert.annotations.items())]
    block = "\n".join(lines).replace("```", "'''")
    if len(block.encode()) > SHOWN_BYTES:
        block = block.encode()[:SHOWN_BYTES].decode(errors="ignore") + "…"
    return "\n\n".join([f"```\n{block}\n```", *(f"<{link}>" for link in alert.links)])


def _alert(document: Mapping[str, Any]) -> Alert:
    labels = _texts(document.get("labels"))
    known = document.get("fingerprint")
    links: Iterator[Any] = (
        document.get(name) for name in ("generatorURL", "dashboardURL", "panelURL", "silenceURL")
    )
    return Alert(
        # Alertmanager before 0.19 tells none; the labels are what it is made of.
        fingerprint=_short(known) if isinstance(known, str) and known else _digest(labels),
        status=document["status"],
        labels=labels,
        annotations=_texts(document.get("annotations")),
        since=line(_or_nothing(document.get("startsAt"))),
        until=line(_or_nothing(document.get("endsAt"))),
        links=tuple(dict.fromkeys(link for link in links if _is_link(link))),
    )


def _texts(document: Any) -> dict[str, str]:
    if not isinstance(document, dict):
        return {}
    return {
        line(name): str(value) for name, value in document.items() if isinstance(value, str | int | float)
    }


def _or_nothing(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _short(known: str) -> str:
    """As it is, or its digest where it is too long to be a key."""
    return known if len(known) <= 400 else _digest(known)


def _digest(value: Any) -> str:
    return sha256(dumps(value).encode()).hexdigest()


def _is_link(value: Any) -> bool:
    fit = isinstance(value, str) and len(value) < 2000 and value.startswith(("http://", "https://"))
    return fit and not any(each in "<>\"'`\\" or each.isspace() or ord(each) < 33 for each in value)
