/** What the audit log says of an action: a thing and what was done to it, or a sentence of its own. */

import { say, words } from "../core/words";

const WORDS = words({
  en: {
    things: {
      api_key: "API key", attachment: "file", calendar: "calendar", category: "category", comment: "comment", custom_field: "custom field", export: "export", import: "import",
      integration: "integration", invitation: "invitation", job: "job", macro: "macro", mail: "mail", mail_template: "text of a mail", mailbox: "mailbox", oidc: "single sign-on",
      organisation: "organisation", reporting_role: "login for reports", rule: "rule", sla_policy: "SLA policy", team: "team", ticket: "ticket", user: "person", view: "view", webhook: "webhook", workspace: "help desk",
    } as Record<string, string>,
    deeds: {
      created: (what: string) => `New: ${what}`,
      changed: (what: string) => `Changed: ${what}`,
      deleted: (what: string) => `Deleted: ${what}`,
      restored: (what: string) => `Restored: ${what}`,
      secret_rotated: (what: string) => `New secret: ${what}`,
      reordered: (what: string) => `New order: ${what}`,
    } as Record<string, (what: string) => string>,
    sentences: {
      "api_key.revoked": "API key revoked", "email.verified": "Email confirmed", "email_change.refused": "Another email refused", "import.made": "Import prepared", "import.started": "Import started",
      "invitation.accepted": "Invitation accepted", "invitation.revoked": "Invitation taken back", "invitation.sent_again": "Invitation sent again", "job.cancelled": "Job called off",
      "mail.dropped": "Mail in quarantine dropped", "mail.released": "Mail released from quarantine", "oidc.linked": "Linked to the sign-on provider", "oidc.removed": "Sign-on provider removed",
      "oidc.role_kept": "Role kept: the only administrator", "oidc.unlinked": "Link to the sign-on provider forgotten", "password.change_refused": "Another password refused", "password.changed": "Password changed",
      "password.reset": "Password reset", "recovery_code.used": "Recovery code used", "recovery_codes.renewed": "New recovery codes", "rows.exported": "Rows exported", "rules.ordered": "New order of the rules",
      "second_step.failed": "Second step failed", "session.ended_everywhere": "All sessions ended", "session.replayed": "Refresh token used twice: session ended", "sign_in.challenged": "Asked for the second step",
      "sign_in.failed": "Sign-in failed", "sign_in.succeeded": "Signed in", "sla_policies.reordered": "New order of the SLA policies", "team.member_added": "Added to a team", "team.member_removed": "Taken out of a team",
      "totp.disabled": "Two-step sign-in turned off", "totp.enabled": "Two-step sign-in turned on", "totp.refused": "Code for two-step sign-in refused", "totp.reset": "Two-step sign-in taken away",
      "user.deactivated": "Person deactivated", "user.erased": "Person erased", "user.exported": "Data of a person exported", "user.invited": "Person invited", "user.signed_up": "Signed up",
      "views.reordered": "New order of the views", "webhook.disabled": "Webhook switched off", "webhook.redelivered": "Webhook calls sent again", "workspace.registered": "Help desk opened",
    } as Record<string, string>,
  },
  es: {
    things: {
      api_key: "clave de API", attachment: "archivo", calendar: "calendario", category: "categoría", comment: "comentario", custom_field: "campo propio", export: "exportación", import: "importación",
      integration: "integración", invitation: "invitación", job: "tarea", macro: "macro", mail: "correo", mail_template: "texto de un correo", mailbox: "buzón", oidc: "inicio de sesión único",
      organisation: "organización", reporting_role: "acceso para informes", rule: "regla", sla_policy: "política de SLA", team: "equipo", ticket: "ticket", user: "persona", view: "vista", webhook: "webhook", workspace: "mesa de ayuda",
    },
    deeds: {
      created: (what) => `Alta: ${what}`,
      changed: (what) => `Cambio: ${what}`,
      deleted: (what) => `Eliminación: ${what}`,
      restored: (what) => `Restauración: ${what}`,
      secret_rotated: (what) => `Secreto nuevo: ${what}`,
      reordered: (what) => `Orden nuevo: ${what}`,
    },
    sentences: {
      "api_key.revoked": "Clave de API revocada", "email.verified": "Correo confirmado", "email_change.refused": "Cambio de correo rechazado", "import.made": "Importación preparada", "import.started": "Importación iniciada",
      "invitation.accepted": "Invitación aceptada", "invitation.revoked": "Invitación retirada", "invitation.sent_again": "Invitación enviada de nuevo", "job.cancelled": "Tarea cancelada",
      "mail.dropped": "Correo en cuarentena descartado", "mail.released": "Correo liberado de la cuarentena", "oidc.linked": "Vínculo con el proveedor de acceso", "oidc.removed": "Proveedor de acceso eliminado",
      "oidc.role_kept": "Rol conservado: único administrador", "oidc.unlinked": "Vínculo con el proveedor de acceso olvidado", "password.change_refused": "Cambio de contraseña rechazado", "password.changed": "Contraseña cambiada",
      "password.reset": "Contraseña restablecida", "recovery_code.used": "Código de recuperación usado", "recovery_codes.renewed": "Códigos de recuperación nuevos", "rows.exported": "Filas exportadas", "rules.ordered": "Orden nuevo de las reglas",
      "second_step.failed": "Segundo paso fallido", "session.ended_everywhere": "Todas las sesiones cerradas", "session.replayed": "Token de renovación usado dos veces: sesión cerrada", "sign_in.challenged": "Se pidió el segundo paso",
      "sign_in.failed": "Inicio de sesión fallido", "sign_in.succeeded": "Inicio de sesión", "sla_policies.reordered": "Orden nuevo de las políticas de SLA", "team.member_added": "Entrada en un equipo", "team.member_removed": "Salida de un equipo",
      "totp.disabled": "Verificación en dos pasos desactivada", "totp.enabled": "Verificación en dos pasos activada", "totp.refused": "Código de verificación rechazado", "totp.reset": "Verificación en dos pasos retirada",
      "user.deactivated": "Persona desactivada", "user.erased": "Persona borrada", "user.exported": "Datos de una persona exportados", "user.invited": "Persona invitada", "user.signed_up": "Registro",
      "views.reordered": "Orden nuevo de las vistas", "webhook.disabled": "Webhook desactivado", "webhook.redelivered": "Llamadas de un webhook enviadas de nuevo", "workspace.registered": "Mesa de ayuda abierta",
    },
  },
});

/** The action in words; as the log keeps it where nobody has found any. */
export function deedOf(action: string): string {
  const t = say(WORDS);
  const [thing = "", deed = ""] = action.split(".");
  const what = t.things[thing];
  return t.sentences[action] ?? (what && t.deeds[deed]?.(what)) ?? action;
}

export const thingOf = (type: string): string => say(WORDS).things[type] ?? type;
