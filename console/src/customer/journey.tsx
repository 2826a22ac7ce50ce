/** How far a request is: the steps behind it, the one it is at, those to come. Said in words, told apart by looks. */

import { Check } from "lucide";

import type { Schema } from "../core/api-types";
import { say } from "../core/words";
import { Icon } from "../ui/icon";
import { PLAIN } from "./words";

type Status = Schema<"Status">;

function steps(status: Status): Status[] {
  if (status === "cancelled") return ["new", "cancelled"];
  const waiting: Status[] = status === "pending" || status === "on_hold" ? [status] : [];
  return ["new", "open", ...waiting, "resolved", "closed"];
}

export function Journey({ status }: { status: Status }) {
  const t = say(PLAIN);
  const all = steps(status);
  const at = all.indexOf(status);
  return (
    <ol class="journey" aria-label={t.progress}>
      {all.map((step, place) => (
        <li key={step} class={place < at ? "past" : place === at ? "here" : undefined} aria-current={place === at ? "step" : undefined}>
          <span class="dot">{(place < at || (place === at && (step === "closed" || step === "resolved"))) && <Icon of={Check} />}</span>
          <span>{t.steps[step]}{place < at && <span class="unseen"> ({t.done})</span>}</span>
        </li>
      ))}
    </ol>
  );
}

const LOOKS: Record<Status, string> = { new: "info", open: "info", pending: "warn", on_hold: "", resolved: "good", closed: "", cancelled: "" };

export const PlainStatus = ({ status }: { status: Status }) => <span class={`badge ${LOOKS[status]}`}>{say(PLAIN).status[status]}</span>;
