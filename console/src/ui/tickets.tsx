/** Choosing a ticket by its label, or by words of it. */

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { say } from "../core/words";
import { Choice, type Choosable } from "./choice";
import { TERMS } from "./words";

export type TicketHint = Pick<Schema<"TicketFound">, "id" | "label" | "subject" | "status">;

interface TicketPickerProps {
  label: string;
  hint?: string;
  error?: string;
  hidden?: boolean;
  optional?: boolean;
  placeholder?: string;
  chosen: TicketHint | null;
  onChoose: (ticket: TicketHint | null) => void;
  /** Which are not to be chosen, as the one that one is at. */
  without?: readonly string[];
  /** Of these statuses alone. */
  statuses?: readonly Schema<"Status">[];
}

export function TicketPicker({ chosen, onChoose, without = [], statuses, ...rest }: TicketPickerProps) {
  const terms = say(TERMS);
  const find = async (text: string) => {
    const query = text.trim();
    const { items } = await take(api.GET("/v1/tickets", { params: { query: { query: query || undefined, status: statuses?.join(","), sort: query ? undefined : "-updated_at", limit: 10 } } }));
    return items
      .filter(({ id }) => !without.includes(id))
      .map((ticket) => ({ id: ticket.id, label: `${ticket.label} ${ticket.subject}`, detail: `${terms.status[ticket.status]} · ${ticket.requester.name}`, ticket }));
  };
  const took = (item: Choosable | null) => onChoose(item ? (item as Choosable & { ticket: TicketHint }).ticket : null);
  return <Choice {...rest} chosen={chosen && { id: chosen.id, label: `${chosen.label} ${chosen.subject}` }} find={find} onChoose={took} />;
}
