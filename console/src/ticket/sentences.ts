/** What a timeline entry tells, as a sentence: one for each action in each language; an unknown one is its name. */

import type { Schema } from "../core/api-types";
import { moment } from "../core/format";
import { say, words } from "../core/words";
import { TERMS } from "../ui/words";
import { nameOf } from "./names";

export type Entry = Schema<"TimelineEntryOut">;

/** `who` did it; `meta` and `changes` as `Said` reads them. */
interface Said {
  who: string;
  other: string;
  metric: string;
  percent: number;
  note: boolean;
  person: string;
  customer: boolean;
  rule: string;
  days: number;
  to: unknown;
}

type Sentences = Record<string, (said: Said) => string>;

const WORDS = words({
  en: {
    system: "The desk",
    sentences: {
      created: ({ who }) => `${who} opened the ticket`,
      imported: () => "It came from another desk",
      commented: ({ who, note }) => (note ? `${who} wrote a note` : `${who} replied`),
      comment_edited: ({ who, note }) => `${who} edited a ${note ? "note" : "comment"}`,
      comment_deleted: ({ who, note }) => `${who} took a ${note ? "note" : "comment"} back`,
      assigned: ({ who, person }) => (person ? `${who} assigned it to ${person}` : `${who} assigned it`),
      unassigned: ({ who }) => `${who} took it from its assignee`,
      transferred: ({ who }) => `${who} handed it to another team`,
      reclassified: ({ who }) => `${who} reclassified it`,
      updated: ({ who }) => `${who} changed it`,
      opened: ({ who }) => `${who} began to work on it`,
      paused: ({ who, customer }) => (customer ? `${who} paused it: waiting for the customer` : `${who} paused it: waiting for others`),
      resumed: ({ who }) => `${who} resumed it`,
      resolved: ({ who }) => `${who} resolved it`,
      closed: ({ who }) => `${who} closed it`,
      reopened: ({ who }) => `${who} reopened it`,
      cancelled: ({ who }) => `${who} cancelled it`,
      archived: ({ who }) => `${who} archived it`,
      unarchived: ({ who }) => `${who} took it out of the archive`,
      deleted: ({ who }) => `${who} deleted it`,
      restored: ({ who }) => `${who} restored it`,
      merged: ({ who, other }) => `${who} merged it into ${other}`,
      merged_from: ({ who, other }) => `${who} merged ${other} into it`,
      split: ({ who, other }) => `${who} split ${other} off it`,
      followed_up: ({ who, other }) => `${who} answered after its end: ${other} was opened`,
      linked: ({ who, other }) => `${who} linked it to ${other}`,
      unlinked: ({ who, other }) => `${who} removed the link to ${other}`,
      attached: ({ who }) => `${who} attached a file`,
      detached: ({ who }) => `${who} took a file off`,
      quarantined: () => "A file was found harmful and is kept back",
      watcher_added: ({ who, person }) => `${who} had ${person} watch it`,
      watcher_removed: ({ who, person }) => `${who} removed ${person} from the watchers`,
      time_logged: ({ who }) => `${who} noted time`,
      time_changed: ({ who }) => `${who} corrected noted time`,
      time_removed: ({ who }) => `${who} removed noted time`,
      rated: ({ who, to }) => `${who} rated the help: ${String(to)} of 5`,
      reminded: ({ days }) => `The customer was reminded after ${days} days`,
      rule_fired: ({ rule }) => `The rule “${rule}” did something`,
      escalated: ({ metric }) => `Escalation came due: ${metric}`,
      escalation_done: ({ metric }) => `Escalation carried out: ${metric}`,
      sla_warned: ({ metric, percent }) => `Warning: ${percent} % of the time for ${metric} is used`,
      sla_breached: ({ metric }) => `Promise broken: ${metric}`,
      sla_recounted: () => "Due times were counted anew",
    } as Sentences,
  },
  es: {
    system: "La mesa de ayuda",
    sentences: {
      created: ({ who }) => `${who} abrió el ticket`,
      imported: () => "Vino de otra mesa de ayuda",
      commented: ({ who, note }) => (note ? `${who} escribió una nota` : `${who} respondió`),
      comment_edited: ({ who, note }) => `${who} editó ${note ? "una nota" : "un comentario"}`,
      comment_deleted: ({ who, note }) => `${who} retiró ${note ? "una nota" : "un comentario"}`,
      assigned: ({ who, person }) => (person ? `${who} lo asignó a ${person}` : `${who} lo asignó`),
      unassigned: ({ who }) => `${who} lo dejó sin responsable`,
      transferred: ({ who }) => `${who} lo transfirió a otro equipo`,
      reclassified: ({ who }) => `${who} lo reclasificó`,
      updated: ({ who }) => `${who} lo modificó`,
      opened: ({ who }) => `${who} empezó a trabajar en él`,
      paused: ({ who, customer }) => (customer ? `${who} lo pausó: en espera del cliente` : `${who} lo pausó: en espera de terceros`),
      resumed: ({ who }) => `${who} lo reanudó`,
      resolved: ({ who }) => `${who} lo resolvió`,
      closed: ({ who }) => `${who} lo cerró`,
      reopened: ({ who }) => `${who} lo reabrió`,
      cancelled: ({ who }) => `${who} lo canceló`,
      archived: ({ who }) => `${who} lo archivó`,
      unarchived: ({ who }) => `${who} lo sacó del archivo`,
      deleted: ({ who }) => `${who} lo eliminó`,
      restored: ({ who }) => `${who} lo restauró`,
      merged: ({ who, other }) => `${who} lo fusionó con ${other}`,
      merged_from: ({ who, other }) => `${who} fusionó ${other} con este`,
      split: ({ who, other }) => `${who} separó ${other} de este`,
      followed_up: ({ who, other }) => `${who} respondió tras el cierre: se abrió ${other}`,
      linked: ({ who, other }) => `${who} lo vinculó con ${other}`,
      unlinked: ({ who, other }) => `${who} quitó el vínculo con ${other}`,
      attached: ({ who }) => `${who} adjuntó un archivo`,
      detached: ({ who }) => `${who} quitó un archivo`,
      quarantined: () => "Un archivo resultó dañino y está retenido",
      watcher_added: ({ who, person }) => `${who} añadió a ${person} como observador`,
      watcher_removed: ({ who, person }) => `${who} quitó a ${person} de los observadores`,
      time_logged: ({ who }) => `${who} anotó tiempo`,
      time_changed: ({ who }) => `${who} corrigió tiempo anotado`,
      time_removed: ({ who }) => `${who} quitó tiempo anotado`,
      rated: ({ who, to }) => `${who} valoró la ayuda: ${String(to)} de 5`,
      reminded: ({ days }) => `Se recordó al cliente tras ${days} días`,
      rule_fired: ({ rule }) => `La regla «${rule}» hizo algo`,
      escalated: ({ metric }) => `Venció un escalado: ${metric}`,
      escalation_done: ({ metric }) => `Escalado realizado: ${metric}`,
      sla_warned: ({ metric, percent }) => `Aviso: se ha consumido el ${percent} % del tiempo de ${metric}`,
      sla_breached: ({ metric }) => `Compromiso incumplido: ${metric}`,
      sla_recounted: () => "Los vencimientos se han vuelto a calcular",
    },
  },
});

export const whoDid = (entry: Entry): string => entry.actor.name ?? say(WORDS).system;

export function sentenceOf(entry: Entry): string {
  const t = say(WORDS);
  const sentence = Object.hasOwn(t.sentences, entry.action) ? t.sentences[entry.action] : undefined;
  return sentence ? sentence(said(entry)) : `${whoDid(entry)}: ${entry.action.replaceAll("_", " ")}`;
}

/** The other ticket that an entry is about. */
export function otherOf({ meta, changes }: Entry): { id: string; label: string } | null {
  const id = text(meta.into_id ?? meta.from_id ?? meta.other_id ?? meta.follow_up_id ?? to(changes, "merged_into"));
  const label = text(meta.into_label ?? meta.from_label ?? meta.other_label ?? meta.follow_up_label);
  return id && label ? { id, label } : null;
}

function said(entry: Entry): Said {
  const { meta, changes } = entry;
  const metrics: Record<string, string> = say(TERMS).metric;
  const person = text(meta.user_id ?? to(changes, "assignee_id"));
  const rules = Array.isArray(meta.rules) ? (meta.rules as { name?: string }[]) : [];
  return {
    who: whoDid(entry),
    other: text(meta.into_label ?? meta.from_label ?? meta.other_label ?? meta.follow_up_label) || "…",
    metric: metrics[text(meta.metric)] ?? text(meta.metric),
    percent: Number(meta.percent ?? 0),
    note: meta.visibility === "internal",
    person: person && nameOf("user", person),
    customer: meta.waiting_on === "customer" || to(changes, "status") === "pending",
    rule: rules.at(-1)?.name ?? "…",
    days: Number(meta.days ?? 0),
    to: to(changes, "score"),
  };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const to = (changes: Entry["changes"], field: string): unknown => (changes[field] as { to?: unknown } | undefined)?.to;

/** What an entry says beside its sentence: a reason, a due time. */
export function detailOf({ meta }: Entry): string {
  const due = text(meta.due_at);
  return [text(meta.reason), due && moment(due)].filter(Boolean).join(" · ");
}
