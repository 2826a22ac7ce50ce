/** Tags: put on and taken off one by one, so nobody's are lost. */

import { Plus, X } from "lucide";
import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import { say, words } from "../core/words";
import { Button } from "../ui/button";
import { Choice, type Choosable } from "../ui/choice";
import { PARTS } from "../ui/words";
import type { Saving } from "./saving";
import type { OneTicket } from "./state";
import { WORDS as TICKET } from "./words";

const WORDS = words({
  en: { add: "Add a tag", make: (name: string) => `New tag “${name}”`, none: "No tags" },
  es: { add: "Añadir una etiqueta", make: (name: string) => `Etiqueta nueva «${name}»`, none: "Sin etiquetas" },
});

export function Tags({ of, saving }: { of: OneTicket; saving: Saving }) {
  const t = say(WORDS);
  const { ticket } = of;
  const [adding, setAdding] = useState(false);
  const mayChange = of.may("update");
  const path = { ticket_id: ticket.id };
  const find = async (text: string): Promise<Choosable[]> => {
    const typed = text.trim();
    const { items } = await take(api.GET("/v1/tags", { params: { query: { query: typed || undefined, limit: 20 } } }));
    const found = items.filter(({ name }) => !ticket.tags.includes(name)).map(({ name, count }) => ({ id: name, label: name, detail: String(count) }));
    return typed && !items.some(({ name }) => name === typed) && !ticket.tags.includes(typed) ? [...found, { id: typed, label: t.make(typed) }] : found;
  };
  const add = (tag: string) => saving.run("tags", async () => of.put(await take(api.POST("/v1/tickets/{ticket_id}/tags", { params: { path }, body: { tags: [tag] } }))));
  const remove = (tag: string) =>
    saving.run("tags", async () => {
      await take(api.DELETE("/v1/tickets/{ticket_id}/tags/{tag}", { params: { path: { ...path, tag } } }));
      await of.reload();
    });
  return (
    <div class="field">
      <div class="row apart">
        <span class="label">{say(TICKET).fields.tags}</span>
        {mayChange && <Button look="quiet" small icon={Plus} label={t.add} aria-expanded={adding} onClick={() => setAdding(!adding)} />}
      </div>
      {ticket.tags.length > 0 ? (
        <ul class="tags">
          {ticket.tags.map((tag) => (
            <li key={tag} class="tag">
              <span class="one-line" title={tag}>{tag}</span>
              {mayChange && <Button look="quiet" small icon={X} label={say(PARTS).remove(tag)} busy={saving.busy === "tags"} onClick={() => void remove(tag)} />}
            </li>
          ))}
        </ul>
      ) : (
        !adding && <span class="soft small">{t.none}</span>
      )}
      {adding && <Choice label={t.add} hidden placeholder={t.add} chosen={null} find={find} onChoose={(item) => item && void add(item.id)} error={saving.error("tags")} />}
      {!adding && saving.error("tags") && <span class="error">{saving.error("tags")}</span>}
    </div>
  );
}
