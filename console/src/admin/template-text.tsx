/** A text with placeholders, and the list of them to put in where one writes (docs/macros.md). */

import { Braces } from "lucide";
import { useRef } from "preact/hooks";

import { say, words } from "../core/words";
import { Field } from "../ui/form";
import { Menu, MenuItem } from "../ui/menu";

const WORDS = words({
  en: {
    insert: "Placeholder",
    hint: "Markdown. {{requester.first_name|there}} says “there” where there is none.",
    names: {
      "requester.first_name": "Requester's first name",
      "requester.name": "Requester's name",
      "requester.email": "Requester's email",
      "ticket.label": "Ticket's label",
      "ticket.number": "Ticket's number",
      "ticket.subject": "Subject",
      "ticket.status": "Status",
      "ticket.priority": "Priority",
      "ticket.type": "Type",
      "ticket.category": "Category",
      "ticket.created_on": "Day it was opened",
      "assignee.name": "Assignee's name",
      "assignee.first_name": "Assignee's first name",
      "actor.name": "Name of who does it",
      "actor.first_name": "First name of who does it",
      "team.name": "Team",
      "organisation.name": "Organisation",
      "workspace.name": "Workspace",
    },
  },
  es: {
    insert: "Marcador",
    hint: "Markdown. {{requester.first_name|cliente}} dice «cliente» donde no hay nombre.",
    names: {
      "requester.first_name": "Nombre de pila del solicitante",
      "requester.name": "Nombre del solicitante",
      "requester.email": "Correo del solicitante",
      "ticket.label": "Etiqueta del ticket",
      "ticket.number": "Número del ticket",
      "ticket.subject": "Asunto",
      "ticket.status": "Estado",
      "ticket.priority": "Prioridad",
      "ticket.type": "Tipo",
      "ticket.category": "Categoría",
      "ticket.created_on": "Día en que se abrió",
      "assignee.name": "Nombre del agente",
      "assignee.first_name": "Nombre de pila del agente",
      "actor.name": "Nombre de quien lo hace",
      "actor.first_name": "Nombre de pila de quien lo hace",
      "team.name": "Equipo",
      "organisation.name": "Organización",
      "workspace.name": "Espacio de trabajo",
    },
  },
});

export function TemplateText({ label, text, error, onChange }: { label: string; text: string; error?: string; onChange: (text: string) => void }) {
  const t = say(WORDS);
  const area = useRef<HTMLTextAreaElement>(null);
  const put = (name: string) => {
    const at = area.current;
    const [from, to] = at ? [at.selectionStart, at.selectionEnd] : [text.length, text.length];
    const mark = `{{${name}}}`;
    onChange(text.slice(0, from) + mark + text.slice(to));
    requestAnimationFrame(() => {
      at?.focus();
      at?.setSelectionRange(from + mark.length, from + mark.length);
    });
  };
  return (
    <div class="stack tight">
      <Field label={label} hidden hint={t.hint} error={error}>
        {(tied) => <textarea {...tied} ref={area} class="input" rows={5} value={text} onInput={(event) => onChange(event.currentTarget.value)} />}
      </Field>
      <div>
        <Menu label={t.insert} icon={Braces} small look="quiet">
          {Object.entries(t.names).map(([name, said]) => <MenuItem key={name} onClick={() => put(name)}><span class="grow">{said}</span><code class="soft small">{name}</code></MenuItem>)}
        </Menu>
      </div>
    </div>
  );
}
