/** A time as one reads it: how long ago, and exactly on looking closer. */

import { now } from "../core/clock";
import { ago, moment } from "../core/format";

export const Ago = ({ at }: { at: string }) => (
  <time dateTime={at} title={moment(at)} class="numbers">{ago(at, now.value)}</time>
);

export const Moment = ({ at }: { at: string }) => (
  <time dateTime={at} class="numbers">{moment(at)}</time>
);
