/** The list: a table where there is room, cards where there is none. Both know a row by its link's id. */

import { ArrowDown, ArrowUp } from "lucide";

import { goTo, here, to } from "../core/router";
import { say, words } from "../core/words";
import { PriorityMark, StatusBadge } from "../ui/badges";
import { Icon } from "../ui/icon";
import { memo } from "../ui/memo";
import { Ago } from "../ui/time";
import { isWide } from "../ui/wide";
import { Cell, columnName, Promised, SORTABLE } from "./columns";
import type { Sort } from "./filter";
import { Marks } from "./marks";
import type { Ticket } from "./tickets";

const WORDS = words({
  en: { list: "Tickets", select: (label: string) => `Select ${label}`, all: "Select all shown", left: "No longer here", by: (who: string) => `from ${who}`, assigned: (who: string) => `with ${who}` },
  es: { list: "Tickets", select: (label: string) => `Seleccionar ${label}`, all: "Seleccionar todos los mostrados", left: "Ya no está aquí", by: (who: string) => `de ${who}`, assigned: (who: string) => `con ${who}` },
});

/** The ticket's page, which leads back here. */
export const ticketAddress = (id: string, more: Record<string, string> = {}): string => to("ticket", { id, from: here(), ...more });

export const linkId = (id: string): string => `ticket-${id}`;

interface RowProps {
  ticket: Ticket;
  columns: readonly string[];
  chosen: boolean;
  here: boolean;
  left: boolean;
  resolutionOnly: boolean;
  choose: (ticket: Ticket, range: boolean) => void;
}

export interface RowsProps extends Pick<RowProps, "columns" | "choose"> {
  rows: readonly Ticket[];
  chosen: ReadonlyMap<string, Ticket>;
  here: string | null;
  left: ReadonlySet<string>;
  sort: Sort;
  fields: ReadonlyMap<string, string>;
  onSort: (sort: Sort) => void;
  onHere: (id: string) => void;
  onChooseAll: (all: boolean) => void;
}

export function Rows(props: RowsProps) {
  const { rows, columns, chosen, here, left, sort, choose, onHere } = props;
  const drawn = (Row: typeof TableRow) =>
    rows.map((ticket) => (
      <Row key={ticket.id} ticket={ticket} columns={columns} chosen={chosen.has(ticket.id)} here={here === ticket.id} left={left.has(ticket.id)} resolutionOnly={sort.endsWith("due_at")} choose={choose} />
    ));
  const focused = (event: FocusEvent) => {
    const row = (event.target as Element).closest<HTMLElement>("[data-ticket]");
    if (row) onHere(row.dataset.ticket!);
  };
  if (!isWide.value) return <ul class="cards" onFocusIn={focused}>{drawn(CardRow)}</ul>;
  return (
    <table class="tickets" aria-label={say(WORDS).list}>
      <Head {...props} />
      <tbody onFocusIn={focused}>{drawn(TableRow)}</tbody>
    </table>
  );
}

function Head({ rows, columns, chosen, sort, fields, onSort, onChooseAll }: RowsProps) {
  const all = rows.length > 0 && rows.every((row) => chosen.has(row.id));
  return (
    <thead>
      <tr>
        <th class="select">
          <input type="checkbox" aria-label={say(WORDS).all} checked={all} ref={(box) => void (box && (box.indeterminate = !all && chosen.size > 0))} onChange={(event) => onChooseAll(event.currentTarget.checked)} />
        </th>
        {columns.map((column) => {
          const key = SORTABLE[column];
          const name = columnName(column, fields);
          if (!key) return <th key={column} class={column}>{name}</th>;
          const order = sort === key ? "ascending" : sort === `-${key}` ? "descending" : undefined;
          return (
            <th key={column} class={column} aria-sort={order}>
              <button type="button" title={name} onClick={() => onSort(nextSort(key, sort))}>
                <span class={column === "priority" ? "unseen" : undefined}>{name}</span>
                {column === "priority" && !order && <span aria-hidden="true">!</span>}
                {order && <Icon of={order === "ascending" ? ArrowUp : ArrowDown} />}
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** What is due soonest comes first, what is newest or most urgent too; a second time the other way round. */
function nextSort(key: string, sort: Sort): Sort {
  const first = key === "due_at" ? key : `-${key}`;
  return (sort === first ? (key === "due_at" ? `-${key}` : key) : first) as Sort;
}

const opened = (event: MouseEvent, id: string) => {
  if ((event.target as Element).closest("a, button, input, label") || getSelection()?.toString()) return;
  goTo(ticketAddress(id));
};

const classes = ({ chosen, here, left }: RowProps): string | undefined =>
  [chosen && "chosen", here && "here", left && "left"].filter(Boolean).join(" ") || undefined;

const Select = ({ ticket, chosen, choose }: RowProps) => (
  <input type="checkbox" aria-label={say(WORDS).select(ticket.label)} checked={chosen} onClick={(event) => choose(ticket, event.shiftKey)} />
);

const TableRow = memo(function TableRow(props: RowProps) {
  const { ticket, columns, resolutionOnly } = props;
  const has = (column: string) => columns.includes(column);
  return (
    <tr data-ticket={ticket.id} class={classes(props)} onClick={(event) => opened(event, ticket.id)}>
      <td class="select"><Select {...props} /></td>
      {columns.map((column) => (
        <td key={column} class={column}>
          {column === "subject" ? (
            <>
              <Subject {...props} />
              <div class="under">
                {!has("label") && <span class="numbers">{ticket.label}</span>}
                {!has("requester") && !props.left && <span class="one-line">{ticket.requester.name}</span>}
                {props.left && <span class="badge">{say(WORDS).left}</span>}
                {!has("tags") && ticket.tags.slice(0, 3).map((tag) => <span key={tag} class="tag">{tag}</span>)}
              </div>
              <Found ticket={ticket} />
            </>
          ) : (
            <Cell column={column} ticket={ticket} resolutionOnly={resolutionOnly} />
          )}
        </td>
      ))}
    </tr>
  );
});

const CardRow = memo(function CardRow(props: RowProps) {
  const t = say(WORDS);
  const { ticket, resolutionOnly } = props;
  return (
    <li data-ticket={ticket.id} class={classes(props)} onClick={(event) => opened(event, ticket.id)}>
      <Select {...props} />
      <div class="stack tight">
        <div class="row apart firm small soft">
          <span class="numbers">{ticket.label}</span>
          <Ago at={ticket.updated_at} />
        </div>
        <Subject {...props} />
        <div class="small soft one-line">
          {t.by(ticket.requester.name)}
          {ticket.assignee && `, ${t.assigned(ticket.assignee.name)}`} · {ticket.team.name}
        </div>
        <Found ticket={ticket} />
        <div class="row">
          <StatusBadge status={ticket.status} />
          <PriorityMark priority={ticket.priority} />
          <Promised ticket={ticket} resolutionOnly={resolutionOnly} />
          {props.left && <span class="badge">{t.left}</span>}
        </div>
      </div>
    </li>
  );
});

function Subject({ ticket }: RowProps) {
  const found = ticket.highlights?.find((each) => each.field === "subject");
  return (
    <a id={linkId(ticket.id)} class="subject" href={ticketAddress(ticket.id)} title={ticket.subject}>
      {found ? <Marks snippet={found.snippet} /> : ticket.subject}
      <span class="unseen">, {ticket.label}</span>
    </a>
  );
}

/** Where else it says what was searched for. */
function Found({ ticket }: { ticket: Ticket }) {
  const found = ticket.highlights?.find((each) => each.field !== "subject");
  return found ? <div class="found"><Marks snippet={found.snippet} /></div> : null;
}
