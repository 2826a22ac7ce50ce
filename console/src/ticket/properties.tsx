/** The ticket's fields, each saved as it is changed. What one may not change is read. */

import { session } from "../core/session";
import { say, words } from "../core/words";
import { PersonPicker } from "../ui/people";
import { TERMS } from "../ui/words";
import { options, subcategoriesOf, useCategories } from "./categories";
import { CustomFields, type Declared } from "./custom-fields";
import { Read, Select, TextLike } from "./inline-fields";
import { useSaving, type Saving } from "./saving";
import type { OneTicket } from "./state";
import { Tags } from "./tags";
import type { Asked } from "./verb-dialogs";
import { WORDS as TICKET } from "./words";

const WORDS = words({
  en: { title: "Properties", change: "Transfer…", minutes: "In minutes of business time" },
  es: { title: "Propiedades", change: "Transferir…", minutes: "En minutos de horario laboral" },
});

export function Properties({ of, declared, ask }: { of: OneTicket; declared: readonly Declared[]; ask: (verb: Asked) => void }) {
  const t = say(WORDS);
  const terms = say(TERMS);
  const names = say(TICKET);
  const saving = useSaving(of);
  const categories = useCategories();
  const { ticket, may } = of;
  const all = categories.data ?? [];
  const mayClassify = may("reclassify");
  const choice = (field: "type" | "priority", labels: Record<string, string>) => (
    <Select key={field} label={names.fields[field]!} value={ticket[field]} options={Object.entries(labels)} disabled={!mayClassify} saving={saving} field={field} patch={(value) => ({ [field]: value })} />
  );
  const mayMove = session.value!.user.role !== "agent";
  return (
    <section class="card side" aria-label={t.title}>
      <h2>{t.title}</h2>
      {choice("type", terms.type)}
      {choice("priority", terms.priority)}
      <Select label={names.fields.category!} value={ticket.category ?? ""} options={options(all.map(({ name }) => name), ticket.category)} disabled={!mayClassify} saving={saving} field="category" patch={(value) => ({ category: value || null, ...(ticket.subcategory && !subcategoriesOf(all, value).includes(ticket.subcategory) ? { subcategory: null } : {}) })} />
      <Select label={names.fields.subcategory!} value={ticket.subcategory ?? ""} options={options(subcategoriesOf(all, ticket.category), ticket.subcategory)} disabled={!mayClassify || !ticket.category} saving={saving} field="subcategory" patch={(value) => ({ subcategory: value || null })} />
      {may("assign") ? (
        <PersonPicker label={names.fields.assignee_id!} chosen={ticket.assignee} team={mayMove ? null : ticket.team.id} placeholder={names.nobody} error={saving.error("assignee_id")} onChoose={(person) => { if ((person?.id ?? null) !== (ticket.assignee?.id ?? null)) void saving.run("assignee_id", () => of.act("assign", { assignee_id: person?.id ?? null })); }} />
      ) : (
        <Read label={names.fields.assignee_id!} value={ticket.assignee?.name ?? names.nobody} />
      )}
      <div class="field">
        <div class="row apart">
          <span class="label">{names.fields.team_id}</span>
          {may("transfer") && <button type="button" class="link small" onClick={() => ask("transfer")}>{t.change}</button>}
        </div>
        <span>{ticket.team.name}</span>
      </div>
      <Tags of={of} saving={saving} />
      <CustomFields of={of} declared={declared} saving={saving} />
      <Minutes of={of} saving={saving} />
    </section>
  );
}

function Minutes({ of, saving }: { of: OneTicket; saving: Saving }) {
  const label = say(TICKET).fields.sla_minutes!;
  const own = of.ticket.sla_minutes;
  return <TextLike label={label} hint={say(WORDS).minutes} type="number" value={own === null ? "" : String(own)} disabled={!of.may("update")} name="sla_minutes" saving={saving} of={of} patch={(text) => ({ sla_minutes: text.trim() ? Number(text) : null })} />;
}
