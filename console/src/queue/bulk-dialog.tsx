/** What exactly is to be done to the tickets that are chosen. */

import { useState } from "preact/hooks";

import { session } from "../core/session";
import { say } from "../core/words";
import { Button } from "../ui/button";
import { Choice, type Choosable } from "../ui/choice";
import { Dialog } from "../ui/dialog";
import { Form, SelectField, TextArea, TextField, useForm } from "../ui/form";
import { findTags } from "../ui/lookups";
import { PersonPicker, TeamPicker, type Team } from "../ui/people";
import { Several, SeveralWords } from "../ui/several";
import { TicketPicker, type TicketHint } from "../ui/tickets";
import { PARTS, TERMS } from "../ui/words";
import { BULK_WORDS } from "./bulk-words";
import type { Deed } from "./bulk-bar";
import { PRIORITIES, STATUSES, TYPES } from "./filter";
import { findMacros, type Macro } from "./macros";
import type { Action, Running, Target } from "./running";

interface BulkDialogProps {
  deed: Deed;
  target: Target;
  running: Running;
  onClose: () => void;
}

const START = { assignee: null as { id: string; name: string } | null, team: null as Team | null, macro: null as (Choosable & { macro: Macro }) | null, status: "open", priority: "high", type: "incident", reason: "", body: "", visibility: "internal", add: [] as readonly string[], remove: [] as readonly string[], into: null as TicketHint | null };
type Values = typeof START;

export function BulkDialog({ deed, target, running, onClose }: BulkDialogProps) {
  const t = say(BULK_WORDS);
  const many = "tickets" in target ? t.tickets(target.tickets.length) : t.all;
  const done = async (actions: readonly Action[]) => {
    if (actions.length) await running.start(t[deed], target, actions);
    onClose();
  };
  const form = useForm<Values>({ ...START, into: deed === "merge" && "tickets" in target ? target.tickets[0] ?? null : null }, async (values) => {
    if (deed !== "merge") return done(actionsOf(deed, values));
    const others = "tickets" in target ? target.tickets.filter(({ id }) => id !== values.into?.id) : [];
    onClose();
    if (values.into) await running.merge(t.merge, others, values.into.id, values.reason);
  });
  const isReady = { assign: true, status: true, priority: true, type: true, archive: true, delete: true, comment: Boolean(form.values.body.trim()), team: Boolean(form.values.team), macro: Boolean(form.values.macro), merge: Boolean(form.values.into), tags: form.values.add.length + form.values.remove.length > 0 }[deed];
  return (
    <Dialog title={t.titles(t[deed], many)} onClose={onClose}>
      <Form of={form} action={deed === "archive" || deed === "delete" || deed === "merge" || deed === "assign" ? t[deed] : t.apply} look={deed === "delete" ? "bad" : "main"} disabled={!isReady} beside={<Button onClick={onClose}>{say(PARTS).cancel}</Button>}>
        <Fields deed={deed} form={form} target={target} onMe={() => void done([{ action: "assign", assignee_id: "me" }]).catch(form.setProblem)} />
      </Form>
    </Dialog>
  );
}

function Fields({ deed, form, target, onMe }: { deed: Deed; form: ReturnType<typeof useForm<Values>>; target: Target; onMe: () => void }) {
  const t = say(BULK_WORDS);
  const terms = say(TERMS);
  const [other, setOther] = useState(false);
  const reason = <TextField of={form} name="reason" label={t.reason} optional maxLength={1000} />;
  switch (deed) {
    case "assign":
      return (
        <>
          <PersonPicker label={t.assignee} placeholder={t.nobody} chosen={form.values.assignee} onChoose={(assignee) => form.set({ assignee })} />
          <div><button type="button" class="link" onClick={onMe}>{t.toMe}</button></div>
        </>
      );
    case "status":
      return <><SelectField of={form} name="status" label={t.status} options={STATUSES.filter((status) => status !== "new").map((status) => [status, terms.status[status]] as const)} />{reason}</>;
    case "priority":
      return <SelectField of={form} name="priority" label={t.priority} options={PRIORITIES.map((each) => [each, terms.priority[each]] as const)} />;
    case "type":
      return <SelectField of={form} name="type" label={t.type} options={TYPES.map((each) => [each, terms.type[each]] as const)} />;
    case "tags":
      return (
        <>
          <SeveralWords label={t.add} hint={t.tagsHint} optional maxLength={50} values={form.values.add} onChange={(add) => form.set({ add: add.map((tag) => tag.toLowerCase().replace(/\s+/g, "-")) })} />
          <Several label={t.remove} optional find={findTags} chosen={form.values.remove.map((tag) => ({ id: tag, label: tag }))} onChange={(tags) => form.set({ remove: tags.map(({ id }) => id) })} />
        </>
      );
    case "team":
      return <><TeamPicker label={t.team} chosen={form.values.team} onChoose={(team) => form.set({ team })} />{reason}</>;
    case "macro":
      return <Choice label={t.macro} hint={form.values.macro?.macro.description} chosen={form.values.macro} find={findMacros} onChoose={(macro) => form.set({ macro: macro as Values["macro"] })} />;
    case "comment":
      return (
        <>
          <SelectField of={form} name="visibility" label={t.visibility} options={{ internal: t.internal, public: t.public }} />
          <TextArea of={form} name="body" label={t.body} rows={5} />
        </>
      );
    case "merge": {
      const tickets = "tickets" in target ? target.tickets : [];
      return (
        <>
          <fieldset class="field">
            <legend>{t.into}</legend>
            <div class="hint">{t.intoHint}</div>
            {tickets.map((ticket) => (
              <label key={ticket.id} class="tick">
                <input type="radio" name="into" checked={!other && form.values.into?.id === ticket.id} onChange={() => { setOther(false); form.set({ into: ticket }); }} />
                <span class="one-line"><span class="numbers soft">{ticket.label}</span> {ticket.subject}</span>
              </label>
            ))}
            <label class="tick">
              <input type="radio" name="into" checked={other} onChange={() => { setOther(true); form.set({ into: null }); }} />
              {t.another}
            </label>
          </fieldset>
          {other && <TicketPicker label={t.into} statuses={["new", "open", "pending", "on_hold"]} without={tickets.map(({ id }) => id)} chosen={form.values.into} onChoose={(into) => form.set({ into })} />}
          {reason}
        </>
      );
    }
    case "archive":
      return <p>{t.archiveText}</p>;
    case "delete":
      return <p>{t.deleteText}</p>;
  }
}

function actionsOf(deed: Deed, values: Values): readonly Action[] {
  const reason = values.reason.trim() ? { reason: values.reason.trim() } : {};
  switch (deed) {
    case "assign":
      return [{ action: "assign", assignee_id: values.assignee?.id === session.value?.user.id ? "me" : values.assignee?.id ?? null }];
    case "status":
      return [{ action: "set_status", status: values.status as (typeof STATUSES)[number], ...reason }];
    case "priority":
      return [{ action: "set_priority", priority: values.priority as (typeof PRIORITIES)[number] }];
    case "type":
      return [{ action: "set_type", type: values.type as (typeof TYPES)[number] }];
    case "tags":
      return [
        ...(values.add.length ? [{ action: "add_tags" as const, tags: [...values.add] }] : []),
        ...(values.remove.length ? [{ action: "remove_tags" as const, tags: [...values.remove] }] : []),
      ];
    case "team":
      return values.team ? [{ action: "transfer", team_id: values.team.id, ...reason }] : [];
    case "macro":
      return values.macro?.macro.actions ?? [];
    case "comment":
      return [{ action: "comment", body: values.body, visibility: values.visibility as "public" | "internal" }];
    case "archive":
      return [{ action: "archive" }];
    case "delete":
      return [{ action: "delete" }];
    case "merge":
      return [];
  }
}
