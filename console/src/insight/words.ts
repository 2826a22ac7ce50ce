/** What figures are called, on every page of them. */

import { words } from "../core/words";

export const FIGURES = words({
  en: {
    created: "Created", resolved: "Resolved", reopened: "Reopened", breached: "Past due", backlog: "Backlog", ratings: "Ratings", rating_average: "Average rating", satisfaction: "Satisfaction",
    attainment: "SLA attainment", first_response: "First response", resolution: "Resolution", median: "Median", p90: "9 of 10 within", average: "Average", minutes_logged: "Time logged",
    inMinutes: (name: string) => `${name} (minutes)`, period: "Period", met: "Kept", broken: "Broken", running: "Running",
    source: { email: "Email", public: "Form", api: "API", webhook: "Integration" } as Record<string, string>,
    none: "None", nobody: "Nobody",
  },
  es: {
    created: "Creados", resolved: "Resueltos", reopened: "Reabiertos", breached: "Incumplidos", backlog: "Pendientes de resolver", ratings: "Valoraciones", rating_average: "Valoración media", satisfaction: "Satisfacción",
    attainment: "Cumplimiento de SLA", first_response: "Primera respuesta", resolution: "Resolución", median: "Mediana", p90: "9 de cada 10 en", average: "Media", minutes_logged: "Tiempo registrado",
    inMinutes: (name) => `${name} (minutos)`, period: "Período", met: "Cumplidos", broken: "Incumplidos", running: "En curso",
    source: { email: "Correo", public: "Formulario", api: "API", webhook: "Integración" },
    none: "Sin valor", nobody: "Nadie",
  },
});
