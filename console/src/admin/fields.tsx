import { Shapes } from "lucide";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { everything, useLoad } from "../core/load";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { CheckField, Form, SelectField, TextField, useForm } from "../ui/form";
import { forget } from "../ui/lookups";
import { SeveralWords, Ticks } from "../ui/several";
import { PARTS, TERMS } from "../ui/words";
import { Catalogue, type EditorProps } from "./catalogue";
import { misplaced } from "./ordering";

type CustomField = Schema<"FieldOut">;

const WORDS = words({
  en: {
    title: "Custom fields",
    lead: "What else a ticket says, in the order in which forms ask for it.",
    add: "Add field",
    empty: "No custom fields yet.",
    name: "Name",
    key: "Key",
    keyHint: "What programs call it; it stays. Small letters, digits and _.",
    kind: "Kind",
    kinds: { text: "Text", number: "Number", date: "Date", boolean: "Yes or no", select: "One of a list", multi_select: "Several of a list" },
    kindStays: "The kind stays what it is.",
    options: "Options",
    optionsHint: "In the order in which they are offered.",
    required: "Required for",
    requiredHint: "Tickets of these types cannot be opened without it, by those who may fill it in.",
    customers: "Customers",
    visible: "Customers see it",
    editable: "Customers fill it in",
    sees: { none: "Staff only", sees: "See it", fills: "Fill it in" },
    active: "In use",
    activeHint: "What is not in use is not asked for; tickets keep what they have.",
    inactive: "Not in use",
    requiredBadge: "Required",
    removal: "It is not asked for any more. Tickets keep its values, for the staff alone.",
  },
  es: {
    title: "Campos propios",
    lead: "Qué más dice un ticket, en el orden en que lo piden los formularios.",
    add: "Añadir campo",
    empty: "Aún no hay campos propios.",
    name: "Nombre",
    key: "Clave",
    keyHint: "Así lo llaman los programas; no cambia. Minúsculas, cifras y _.",
    kind: "Clase",
    kinds: { text: "Texto", number: "Número", date: "Fecha", boolean: "Sí o no", select: "Uno de una lista", multi_select: "Varios de una lista" },
    kindStays: "La clase no cambia.",
    options: "Opciones",
    optionsHint: "En el orden en que se ofrecen.",
    required: "Obligatorio para",
    requiredHint: "Los tickets de estos tipos no se pueden abrir sin él por quien puede rellenarlo.",
    customers: "Clientes",
    visible: "Los clientes lo ven",
    editable: "Los clientes lo rellenan",
    sees: { none: "Solo personal", sees: "Lo ven", fills: "Lo rellenan" },
    active: "En uso",
    activeHint: "Lo que no está en uso no se pide; los tickets conservan lo que tienen.",
    inactive: "Sin uso",
    requiredBadge: "Obligatorio",
    removal: "Ya no se pedirá. Los tickets conservan sus valores, solo para el personal.",
  },
});

const HAS_OPTIONS = ["select", "multi_select"];

export default function Fields() {
  const t = say(WORDS);
  const list = useLoad(() => everything((cursor) => take(api.GET("/v1/custom-fields", { params: { query: { limit: 100, cursor } } }))), []);
  return (
    <Catalogue
      title={t.title}
      lead={t.lead}
      list={list}
      icon={Shapes}
      may
      words={t}
      nameOf={(field) => field.name}
      beside={(field) => (
        <>
          {field.required_for.length > 0 && <span class="badge info">{t.requiredBadge}</span>}
          {!field.active && <span class="badge">{t.inactive}</span>}
        </>
      )}
      columns={[
        { key: "name", label: t.name, cell: (field) => field.name },
        { key: "kind", label: t.kind, cell: (field) => t.kinds[field.type] },
        { key: "key", label: t.key, wide: true, cell: (field) => <code>{field.key}</code> },
        { key: "customers", label: t.customers, wide: true, cell: (field) => t.sees[field.editable_by_customers ? "fills" : field.visible_to_customers ? "sees" : "none"] },
      ]}
      editor={(props) => <Editor key={props.item?.id} {...props} />}
      removal={() => t.removal}
      remove={async ({ id: field_id }) => {
        await api.DELETE("/v1/custom-fields/{field_id}", { params: { path: { field_id } } });
        forget();
      }}
      reorder={async (items) => {
        for (const [{ id: field_id }, position] of misplaced(items)) await api.PATCH("/v1/custom-fields/{field_id}", { params: { path: { field_id } }, body: { position } });
        forget();
        await list.reload();
      }}
    />
  );
}

/** "Número de serie" as "numero_de_serie". */
const keyOf = (name: string): string =>
  name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 40);

function Editor({ item, readOnly, onDone, onClose }: EditorProps<CustomField>) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const terms = say(TERMS);
  const form = useForm(
    {
      name: item?.name ?? "",
      key: item?.key ?? "",
      type: (item?.type ?? "text") as string,
      options: (item?.options ?? []) as readonly string[],
      required_for: (item?.required_for ?? []) as readonly Schema<"TicketType">[],
      visible_to_customers: item?.visible_to_customers ?? false,
      editable_by_customers: item?.editable_by_customers ?? false,
      active: item?.active ?? true,
    },
    async ({ key, type, options, required_for, ...plain }) => {
      const body = { ...plain, required_for: [...required_for], ...(HAS_OPTIONS.includes(type) && { options: [...options] }) };
      if (item) await api.PATCH("/v1/custom-fields/{field_id}", { params: { path: { field_id: item.id } }, body });
      else await api.POST("/v1/custom-fields", { body: { ...body, key: key || keyOf(plain.name), type: type as Schema<"FieldType"> } });
      forget();
      onDone();
    },
  );
  const { values } = form;
  return (
    <Form of={form} action={parts.save} readOnly={readOnly} beside={<Button onClick={onClose}>{parts.cancel}</Button>}>
      <TextField of={form} name="name" label={t.name} maxLength={200} autoFocus={!item} />
      <div class="grid">
        <SelectField of={form} name="type" label={t.kind} options={t.kinds} disabled={item !== null} hint={item ? t.kindStays : undefined} />
        <TextField of={form} name="key" label={t.key} hint={item ? undefined : t.keyHint} placeholder={keyOf(values.name)} maxLength={40} disabled={item !== null} spellcheck={false} />
      </div>
      {HAS_OPTIONS.includes(values.type) && <SeveralWords label={t.options} hint={t.optionsHint} values={values.options} onChange={(options) => form.set({ options })} error={form.error("options")} />}
      <Ticks label={t.required} optional hint={t.requiredHint} options={terms.type} values={values.required_for} onChange={(required_for) => form.set({ required_for })} error={form.error("required_for")} />
      <div class="stack tight">
        <CheckField of={form} name="visible_to_customers" label={t.visible} />
        <CheckField of={form} name="editable_by_customers" label={t.editable} />
      </div>
      <CheckField of={form} name="active" label={t.active} hint={t.activeHint} />
    </Form>
  );
}
