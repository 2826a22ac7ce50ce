/** A time as one reads it: how long ago, and exactly on looking closer. */

import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";

import { now } from "../core/clock";
import { ago, moment } from "../core/format";

/** Drawn anew when what it says changes, not each second: a page may have hundreds. */
export function Ago({ at, narrow }: { at: string; narrow?: boolean }) {
  const latest = useMemo(() => computed(() => ago(at, now.value, narrow ? "narrow" : "long")), [at, narrow]);
  return <time dateTime={at} title={moment(at)} class="numbers">{latest.value}</time>;
}

export const Moment = ({ at }: { at: string }) => (
  <time dateTime={at} class="numbers">{moment(at)}</time>
);
