"""The words of tickets in the languages of workspaces, for texts that people read. Pure; those of mails are
in notifications/languages, and a test holds both equal."""

from collections.abc import Mapping
from typing import Final

from chalicelib.models.words import Priority, Status, TicketType

DEFAULT_LANGUAGE = "en"
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        Status.NEW: "new",
        Status.OPEN: "open",
        Status.PENDING: "waiting for the customer",
        Status.ON_HOLD: "on hold",
        Status.RESOLVED: "resolved",
        Status.CLOSED: "closed",
        Status.CANCELLED: "cancelled",
        Priority.LOW: "low",
        Priority.MEDIUM: "medium",
        Priority.HIGH: "high",
        Priority.URGENT: "urgent",
        TicketType.SERVICE_REQUEST: "service request",
        TicketType.COMPLAINT: "complaint",
        TicketType.CLAIM: "claim",
        TicketType.SUGGESTION: "suggestion",
        TicketType.INCIDENT: "incident",
        TicketType.RESOURCE_REQUEST: "resource request",
        TicketType.QUESTION: "question",
    },
    "es": {
        Status.NEW: "nuevo",
        Status.OPEN: "abierto",
        Status.PENDING: "espera al cliente",
        Status.ON_HOLD: "en pausa",
        Status.RESOLVED: "resuelto",
        Status.CLOSED: "cerrado",
        Status.CANCELLED: "cancelado",
        Priority.LOW: "baja",
        Priority.MEDIUM: "media",
        Priority.HIGH: "alta",
        Priority.URGENT: "urgente",
        TicketType.SERVICE_REQUEST: "petición",
        TicketType.COMPLAINT: "queja",
        TicketType.CLAIM: "reclamo",
        TicketType.SUGGESTION: "sugerencia",
        TicketType.INCIDENT: "incidente",
        TicketType.RESOURCE_REQUEST: "solicitud de recursos",
        TicketType.QUESTION: "consulta",
    },
}


def in_language(word: Status | Priority | TicketType, language: str) -> str:
    return WORDS.get(language, WORDS[DEFAULT_LANGUAGE])[word]
