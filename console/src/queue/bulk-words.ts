/** What the bulk bar and its dialogs say. */

import { number } from "../core/format";
import { words } from "../core/words";

export const BULK_WORDS = words({
  en: {
    bar: "Selected tickets", chosen: (count: number) => (count === 1 ? "1 selected" : `${number(count)} selected`), allOf: (count: string) => `All ${count} that match`,
    selectAll: (count: string) => `Select all ${count} that match`, onlyShown: "Only these", clear: "Select nothing", more: "More",
    assign: "Assign", status: "Status", priority: "Priority", type: "Type", tags: "Tags", team: "Team", macro: "Macro", comment: "Comment", merge: "Merge", archive: "Archive", delete: "Delete",
    titles: (what: string, count: string) => `${what}: ${count}`, tickets: (count: number) => (count === 1 ? "1 ticket" : `${number(count)} tickets`), all: "all that match",
    assignee: "Assignee", toMe: "Assign to me", nobody: "Nobody", reason: "Reason", apply: "Apply", add: "Add tags", remove: "Remove tags", tagsHint: "Enter or a comma ends each tag.",
    body: "Text", visibility: "Who reads it", public: "Public reply", internal: "Internal note", into: "Merge into", intoHint: "The others are closed, and what was said on them shows there.", another: "Another ticket", 
    archiveText: "Archived tickets are read-only and stand in no list but the archive.", deleteText: "Deleted tickets are gone for everybody. An administrator can restore each.", chooseOne: "Choose at least one.", tooMany: "At most 500 tickets can be changed at once.",
    progress: (what: string, done: string, total: string) => `${what}: ${done} of ${total}`, stop: "Stop", ended: (what: string, changed: string) => `${what}: ${changed} changed`, results: "Results", show: "Show",
    outcome: { changed: "changed", unchanged: "were so already", failed: "failed", skipped: "left out", waiting: "waiting" } as Record<string, string>, stopped: "It was stopped; what was done stays.",
    ticket: "Ticket", why: "Why it failed", keptChosen: "What failed stays selected.", unseen: "A ticket that you do not see",
  },
  es: {
    bar: "Tickets seleccionados", chosen: (count) => (count === 1 ? "1 seleccionado" : `${number(count)} seleccionados`), allOf: (count) => `Los ${count} que coinciden`,
    selectAll: (count) => `Seleccionar los ${count} que coinciden`, onlyShown: "Solo estos", clear: "No seleccionar nada", more: "Más",
    assign: "Asignar", status: "Estado", priority: "Prioridad", type: "Tipo", tags: "Etiquetas", team: "Equipo", macro: "Macro", comment: "Comentar", merge: "Fusionar", archive: "Archivar", delete: "Eliminar",
    titles: (what, count) => `${what}: ${count}`, tickets: (count) => (count === 1 ? "1 ticket" : `${number(count)} tickets`), all: "todos los que coinciden",
    assignee: "Responsable", toMe: "Asignarme", nobody: "Nadie", reason: "Motivo", apply: "Aplicar", add: "Añadir etiquetas", remove: "Quitar etiquetas", tagsHint: "Intro o una coma termina cada etiqueta.",
    body: "Texto", visibility: "Quién lo lee", public: "Respuesta pública", internal: "Nota interna", into: "Fusionar en", intoHint: "Los demás se cierran y lo que se dijo en ellos se muestra allí.", another: "Otro ticket",
    archiveText: "Los tickets archivados son de solo lectura y no aparecen en ninguna lista salvo el archivo.", deleteText: "Los tickets eliminados desaparecen para todos. Un administrador puede restaurar cada uno.", chooseOne: "Elija al menos una.", tooMany: "Se pueden cambiar como máximo 500 tickets a la vez.",
    progress: (what, done, total) => `${what}: ${done} de ${total}`, stop: "Detener", ended: (what, changed) => `${what}: ${changed} cambiados`, results: "Resultados", show: "Mostrar",
    outcome: { changed: "cambiados", unchanged: "ya estaban así", failed: "fallaron", skipped: "omitidos", waiting: "en espera" }, stopped: "Se detuvo; lo hecho se conserva.",
    ticket: "Ticket", why: "Por qué falló", keptChosen: "Lo que falló sigue seleccionado.", unseen: "Un ticket que usted no ve",
  },
});
