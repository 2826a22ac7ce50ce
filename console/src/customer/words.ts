/** What the pages for customers call things: plain words in the place of the desk's own. */

import { words } from "../core/words";

export const PLAIN = words({
  en: {
    status: { new: "Received", open: "In progress", pending: "Waiting for your answer", on_hold: "On hold", resolved: "Solved", closed: "Closed", cancelled: "Cancelled" },
    steps: { new: "Received", open: "In progress", pending: "Waiting for you", on_hold: "On hold", resolved: "Solved", closed: "Closed", cancelled: "Cancelled" },
    type: { question: "A question", incident: "Something does not work", service_request: "A service", resource_request: "Equipment or access", complaint: "A complaint", claim: "A claim", suggestion: "A suggestion" },
    progress: "Progress",
    done: "done",
    means: {
      new: "We have it. Somebody will look at it soon.",
      open: "We are working on it.",
      pending: "We have asked you something and wait for your answer.",
      on_hold: "We are waiting for somebody else, such as a supplier.",
      resolved: "We think it is solved.",
      closed: "It is finished.",
      cancelled: "It was called off.",
    },
  },
  es: {
    status: { new: "Recibida", open: "En curso", pending: "Esperamos su respuesta", on_hold: "En espera", resolved: "Resuelta", closed: "Cerrada", cancelled: "Cancelada" },
    steps: { new: "Recibida", open: "En curso", pending: "Esperamos por usted", on_hold: "En espera", resolved: "Resuelta", closed: "Cerrada", cancelled: "Cancelada" },
    type: { question: "Una pregunta", incident: "Algo no funciona", service_request: "Un servicio", resource_request: "Equipo o acceso", complaint: "Una queja", claim: "Un reclamo", suggestion: "Una sugerencia" },
    progress: "Avance",
    done: "hecho",
    means: {
      new: "La tenemos. Alguien la atenderá pronto.",
      open: "Estamos trabajando en ella.",
      pending: "Le hemos preguntado algo y esperamos su respuesta.",
      on_hold: "Esperamos a un tercero, como un proveedor.",
      resolved: "Creemos que está resuelta.",
      closed: "Ha terminado.",
      cancelled: "Se canceló.",
    },
  },
});
