"""What other systems say for our words, as it is taken in: by the API and by webhooks."""

from collections.abc import Mapping
from typing import Final

from chalicelib.models.words import Priority, Status, TicketType

TYPES: Final[Mapping[str, TicketType]] = {
    "peticion": TicketType.SERVICE_REQUEST,
    "petición": TicketType.SERVICE_REQUEST,
    "queja": TicketType.COMPLAINT,
    "reclamo": TicketType.CLAIM,
    "sugerencia": TicketType.SUGGESTION,
    "incidente": TicketType.INCIDENT,
    "solicitud": TicketType.RESOURCE_REQUEST,
    "consulta": TicketType.QUESTION,
}
PRIORITIES: Final[Mapping[str, Priority]] = {
    "baja": Priority.LOW,
    "media": Priority.MEDIUM,
    "alta": Priority.HIGH,
    "urgente": Priority.URGENT,
    "critical": Priority.URGENT,
}
STATUSES: Final[Mapping[str, Status]] = {
    "nuevo": Status.NEW,
    "abierto": Status.OPEN,
    "en_proceso": Status.OPEN,
    "in_progress": Status.OPEN,
    "pausado": Status.ON_HOLD,
    "resuelto": Status.RESOLVED,
    "cerrado": Status.CLOSED,
    "cancelado": Status.CANCELLED,
}


def spelt(word: str) -> str:
    """A word as it is looked up, however it was written."""
    return word.strip().lower().replace(" ", "_").replace("-", "_")
