/** When a mail goes out, and to whom, as people say it; what is not here is said as the API names it. */

import { say, words } from "../core/words";

export const MAIL_WORDS = words({
  en: {
    occasions: {
      created: "A ticket is opened", acknowledged: "A request is acknowledged", assigned: "A ticket is assigned", transferred: "A ticket goes to another team", replied: "The staff replies", answered: "The customer answers", noted: "A note is written", mentioned: "Somebody is mentioned",
      resolved: "A ticket is resolved", closed: "A ticket is closed", cancelled: "A ticket is cancelled", reopened: "A ticket is reopened", merged: "A ticket is merged", reminded: "A reminder, while one waits", reminded_last: "The last reminder",
      sla_warned: "A promise is near its end", sla_breached: "A promise is broken", escalated: "A ticket is escalated", escalated_late: "A past due ticket is escalated", rated: "The help is rated", rated_low: "The help is rated badly", rating_due: "How was the help?",
    } as Record<string, string>,
    recipients: { requester: "The requester", assignee: "The assignee", team: "The team", watcher: "Watchers", dispatcher: "Dispatchers", mentioned: "Who is mentioned", notified: "Who is to be told" } as Record<string, string>,
  },
  es: {
    occasions: {
      created: "Se abre un ticket", acknowledged: "Se acusa recibo de una solicitud", assigned: "Se asigna un ticket", transferred: "Un ticket pasa a otro equipo", replied: "El personal responde", answered: "El cliente contesta", noted: "Se escribe una nota", mentioned: "Se menciona a alguien",
      resolved: "Se resuelve un ticket", closed: "Se cierra un ticket", cancelled: "Se cancela un ticket", reopened: "Se reabre un ticket", merged: "Se fusiona un ticket", reminded: "Un recordatorio, mientras se espera", reminded_last: "El último recordatorio",
      sla_warned: "Un compromiso está por vencer", sla_breached: "Se incumple un compromiso", escalated: "Se escala un ticket", escalated_late: "Se escala un ticket vencido", rated: "Se valora la ayuda", rated_low: "Se valora mal la ayuda", rating_due: "¿Qué tal fue la ayuda?",
    },
    recipients: { requester: "El solicitante", assignee: "El responsable", team: "El equipo", watcher: "Los seguidores", dispatcher: "Los coordinadores", mentioned: "Quien es mencionado", notified: "A quien hay que avisar" },
  },
});

/** Of one occasion there can be several mails to the same person: the kind says more (`acknowledged.requester`). */
export function occasionOf({ kind, occasion }: { kind: string; occasion: string }): string {
  const { occasions } = say(MAIL_WORDS);
  return occasions[kind.split(".")[0]!] ?? occasions[occasion] ?? occasion;
}
