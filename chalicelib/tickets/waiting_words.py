"""How the clock speaks: the mark of its doing, and what it resolves with. Pure."""

from collections.abc import Mapping
from typing import Final

from chalicelib.tickets.ticket_words import DEFAULT_LANGUAGE

# In `meta.cause`, where nobody but time did it.
BY_TIME = "time"
RESOLUTIONS: Final[Mapping[str, str]] = {
    "en": "We asked you something and have not heard from you, so we take this to be done. "
    "If it is not, just answer, and we go on.",
    "es": "Le preguntamos algo y no hemos recibido respuesta, así que damos su solicitud por resuelta. "
    "Si no es así, basta con responder y la retomamos.",
}


def resolution(language: str) -> str:
    """What a requester who never answered is told, where the workspace has no words of its own."""
    return RESOLUTIONS.get(language, RESOLUTIONS[DEFAULT_LANGUAGE])
