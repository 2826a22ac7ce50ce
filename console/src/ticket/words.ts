/** What several parts of the ticket's page say. */

import { words } from "../core/words";

export const WORDS = words({
  en: {
    fields: {
      subject: "Subject", description: "Description", status: "Status", type: "Type", priority: "Priority", category: "Category", subcategory: "Subcategory",
      team_id: "Team", assignee_id: "Assignee", tags: "Tags", sla_minutes: "Time to resolve", custom_fields: "Custom fields", archived_at: "Archived", merged_into: "Merged into",
      minutes: "Minutes", score: "Score", note: "Note", spent_on: "Day", body: "Text", visibility: "Visibility", due_at: "Due",
    } as Record<string, string>,
    verbs: {
      assign: "Assign", transfer: "Transfer", reclassify: "Reclassify", pause: "Pause", resume: "Resume", resolve: "Resolve", close: "Close", reopen: "Reopen",
      cancel: "Cancel ticket", archive: "Archive", unarchive: "Take out of the archive", merge: "Merge into…", split: "Split", delete: "Delete", restore: "Restore",
    },
    nobody: "Nobody",
    none: "None",
    yes: "Yes",
    no: "No",
    minutes: (count: number) => `${count} min`,
    taken: "Assign to me",
  },
  es: {
    fields: {
      subject: "Asunto", description: "Descripción", status: "Estado", type: "Tipo", priority: "Prioridad", category: "Categoría", subcategory: "Subcategoría",
      team_id: "Equipo", assignee_id: "Responsable", tags: "Etiquetas", sla_minutes: "Plazo de resolución", custom_fields: "Campos propios", archived_at: "Archivado", merged_into: "Fusionado con",
      minutes: "Minutos", score: "Puntuación", note: "Nota", spent_on: "Día", body: "Texto", visibility: "Visibilidad", due_at: "Vencimiento",
    },
    verbs: {
      assign: "Asignar", transfer: "Transferir", reclassify: "Reclasificar", pause: "Pausar", resume: "Reanudar", resolve: "Resolver", close: "Cerrar", reopen: "Reabrir",
      cancel: "Cancelar ticket", archive: "Archivar", unarchive: "Sacar del archivo", merge: "Fusionar con…", split: "Dividir", delete: "Eliminar", restore: "Restaurar",
    },
    nobody: "Nadie",
    none: "Sin definir",
    yes: "Sí",
    no: "No",
    minutes: (count: number) => `${count} min`,
    taken: "Asignármelo",
  },
});
