"""Every event that a webhook can hear of: docs/webhooks.md shows this table, and a test holds that whatever
the code tells of is in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

ALL = "*"
# Work for our own queues, and no news of anybody's.
OURS = frozenset(
    {
        *("digest.due", "job.requested", "rating.due", "rule.due", "waiting.due"),
        "webhook.redelivery_requested",
    }
)


class Audience(StrEnum):
    """Whose business events of a type are. What is the staff's needs `include_internal`."""

    EVERYBODY = "everybody"
    STAFF = "staff"
    EITHER = "either"


class Kind(NamedTuple):
    """What an event of a type means; `en` and `es` are what a chat says of it."""

    audience: Audience
    sentence: str
    en: str
    es: str


_ALL, _STAFF, _EITHER = Audience.EVERYBODY, Audience.STAFF, Audience.EITHER

KINDS: Mapping[str, Kind] = {
    "api_key.created": Kind(_STAFF, "An API key was made.", "API key made", "Clave de API creada"),
    "api_key.revoked": Kind(_STAFF, "An API key was revoked.", "API key revoked", "Clave de API revocada"),
    "bulk.ended": Kind(
        _STAFF, "A change of many tickets at once is over.", "Bulk change over", "Cambio masivo terminado"
    ),
    "import.ended": Kind(_STAFF, "An import of tickets has ended.", "Import ended", "Importación terminada"),
    "mail_template.failed": Kind(
        _STAFF,
        "An own text of a mail could not be filled in.",
        "Mail text failed",
        "Falló un texto de correo",
    ),
    "ticket.archived": Kind(_ALL, "A finished ticket was put away.", "Archived", "Archivado"),
    "ticket.assigned": Kind(_ALL, "Somebody works on it, or somebody else.", "Assigned", "Asignado"),
    "ticket.attached": Kind(_EITHER, "A file has arrived.", "File attached", "Archivo adjuntado"),
    "ticket.cancelled": Kind(_ALL, "It was cancelled.", "Cancelled", "Cancelado"),
    "ticket.closed": Kind(_ALL, "It was closed.", "Closed", "Cerrado"),
    "ticket.comment_deleted": Kind(
        _EITHER, "A comment was taken back.", "Comment deleted", "Comentario retirado"
    ),
    "ticket.comment_edited": Kind(_EITHER, "A comment was edited.", "Comment edited", "Comentario editado"),
    "ticket.commented": Kind(
        _EITHER,
        "A public comment or an internal note; `data.comment` holds it.",
        "New comment",
        "Nuevo comentario",
    ),
    "ticket.created": Kind(_ALL, "It was opened.", "New ticket", "Nuevo tiquete"),
    "ticket.deleted": Kind(_STAFF, "It was deleted, and can be restored.", "Deleted", "Eliminado"),
    "ticket.detached": Kind(_EITHER, "A file was taken off.", "File removed", "Archivo retirado"),
    "ticket.escalated": Kind(_STAFF, "An escalation of its policy has come due.", "Escalated", "Escalado"),
    "ticket.escalation_done": Kind(
        _STAFF, "An escalation was carried out.", "Escalation done", "Escalado realizado"
    ),
    "ticket.followed_up": Kind(
        _ALL, "An answer to a finished ticket opened a new one.", "Followed up", "Con seguimiento"
    ),
    "ticket.imported": Kind(
        _ALL,
        "It came from another desk, or more of it did. The feed alone tells of each; `import.ended` of all.",
        "Imported",
        "Importado",
    ),
    "ticket.linked": Kind(_STAFF, "It has to do with another ticket.", "Linked", "Enlazado"),
    "ticket.merged": Kind(_ALL, "It was merged into another ticket.", "Merged", "Fusionado"),
    "ticket.merged_from": Kind(
        _STAFF, "Another ticket was merged into it.", "Another merged in", "Otro fusionado aquí"
    ),
    "ticket.opened": Kind(_ALL, "A new ticket is being worked on.", "Opened", "Abierto"),
    "ticket.paused": Kind(_ALL, "It waits, for the customer or for others.", "Paused", "En pausa"),
    "ticket.quarantined": Kind(
        _STAFF, "A file was found harmful and withheld.", "File withheld", "Archivo retenido"
    ),
    "ticket.rated": Kind(_STAFF, "The requester rated the help.", "Rated", "Valorado"),
    "ticket.reclassified": Kind(
        _ALL, "Its type, priority or category changed.", "Reclassified", "Reclasificado"
    ),
    "ticket.reminded": Kind(
        _ALL, "The customer, for whom it waits, was reminded.", "Reminded", "Recordatorio enviado"
    ),
    "ticket.reopened": Kind(_ALL, "A finished ticket is open again.", "Reopened", "Reabierto"),
    "ticket.resolved": Kind(_ALL, "It was resolved.", "Resolved", "Resuelto"),
    "ticket.restored": Kind(_STAFF, "Its deletion was undone.", "Restored", "Restaurado"),
    "ticket.resumed": Kind(_ALL, "It waits no longer.", "Resumed", "Reanudado"),
    "ticket.rule_fired": Kind(_STAFF, "A rule of the desk did something.", "Rule fired", "Regla aplicada"),
    "ticket.sla_breached": Kind(_STAFF, "A promise was not kept.", "SLA breached", "SLA incumplido"),
    "ticket.sla_recounted": Kind(
        _STAFF, "A changed calendar or policy moved its due times.", "SLA recounted", "SLA recalculado"
    ),
    "ticket.sla_warned": Kind(_STAFF, "A promise is about to be broken.", "SLA warning", "Aviso de SLA"),
    "ticket.split": Kind(_ALL, "Some of its comments became another ticket.", "Split", "Dividido"),
    "ticket.time_changed": Kind(_STAFF, "Noted time was corrected.", "Time corrected", "Tiempo corregido"),
    "ticket.time_logged": Kind(_STAFF, "Time was noted.", "Time noted", "Tiempo anotado"),
    "ticket.time_removed": Kind(_STAFF, "Noted time was removed.", "Time removed", "Tiempo retirado"),
    "ticket.transferred": Kind(_ALL, "Another team has it.", "Transferred", "Transferido"),
    "ticket.unarchived": Kind(_ALL, "It was taken out of the archive.", "Unarchived", "Desarchivado"),
    "ticket.unassigned": Kind(_EITHER, "Nobody works on it any more.", "Unassigned", "Sin asignar"),
    "ticket.unlinked": Kind(
        _STAFF, "It has nothing to do with another ticket any more.", "Unlinked", "Desenlazado"
    ),
    "ticket.updated": Kind(_EITHER, "Some of its fields changed.", "Updated", "Actualizado"),
    "ticket.watcher_added": Kind(_EITHER, "Somebody watches it.", "Watcher added", "Observador añadido"),
    "ticket.watcher_removed": Kind(
        _EITHER, "Somebody watches it no longer.", "Watcher removed", "Observador retirado"
    ),
    "user.created": Kind(_STAFF, "A user was added.", "User added", "Usuario añadido"),
    "user.deactivated": Kind(_STAFF, "A user was deactivated.", "User deactivated", "Usuario desactivado"),
    "user.email_verification_requested": Kind(
        _STAFF, "Somebody is to prove a mailbox.", "Email to be verified", "Correo por verificar"
    ),
    "user.email_verified": Kind(_STAFF, "A mailbox was proved.", "Email verified", "Correo verificado"),
    "user.invitation_accepted": Kind(
        _STAFF, "An invitation was accepted.", "Invitation accepted", "Invitación aceptada"
    ),
    "user.invited": Kind(_STAFF, "Somebody was invited.", "User invited", "Usuario invitado"),
    "user.password_changed": Kind(
        _STAFF, "A password was changed.", "Password changed", "Contraseña cambiada"
    ),
    "user.password_reset_requested": Kind(
        _STAFF, "A new password was asked for.", "Password reset asked for", "Restablecimiento pedido"
    ),
    "user.recovery_code_used": Kind(
        _STAFF, "Somebody signed in with a recovery code.", "Recovery code used", "Código usado"
    ),
    "user.recovery_codes_renewed": Kind(
        _STAFF, "Recovery codes were made anew.", "Recovery codes renewed", "Códigos renovados"
    ),
    "user.second_step_failing": Kind(
        _STAFF,
        "The second step of a sign-in fails again and again.",
        "Second step failing",
        "Segundo paso falla",
    ),
    "user.sign_up_repeated": Kind(
        _STAFF, "Somebody who has an account signed up.", "Repeated sign-up", "Alta repetida"
    ),
    "user.signed_up": Kind(_STAFF, "Somebody signed up.", "User signed up", "Usuario dado de alta"),
    "user.totp_disabled": Kind(
        _STAFF, "Two-step sign-in was switched off.", "Two-step off", "Doble paso desactivado"
    ),
    "user.totp_enabled": Kind(
        _STAFF, "Two-step sign-in was switched on.", "Two-step on", "Doble paso activado"
    ),
    "user.totp_reset": Kind(
        _STAFF, "An administrator reset a second step.", "Two-step reset", "Doble paso reiniciado"
    ),
    "user.updated": Kind(_STAFF, "A user was changed.", "User changed", "Usuario cambiado"),
    "webhook.disabled": Kind(
        _STAFF, "A webhook was switched off by itself.", "Webhook disabled", "Webhook desactivado"
    ),
}


def listing() -> list[dict[str, Any]]:
    """Every type that a webhook can name, as answers show them."""
    return [
        {
            "type": type,
            "audience": kind.audience,
            "needs_internal": needs_internal(type),
            "sentence": kind.sentence,
            "titles": {"en": kind.en, "es": kind.es},
        }
        for type, kind in sorted(KINDS.items())
    ]


def needs_internal(type: str) -> bool:
    """Whether nothing of this type is ever told to a webhook without `include_internal`."""
    return type in KINDS and KINDS[type].audience is Audience.STAFF
