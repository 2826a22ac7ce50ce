/** Wall times of a time zone, and back: what a clock there shows at a moment. */

const made = new Map<string, Intl.DateTimeFormat>();

function clock(zone: string): Intl.DateTimeFormat {
  let known = made.get(zone);
  if (!known) {
    known = new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
    made.set(zone, known);
  }
  return known;
}

/** Every zone that the browser knows; UTC first. */
export const ZONES: readonly string[] = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

/** `2026-11-21T13:24` as a clock in the zone shows it, and the seconds of that day. */
export function wall(moment: string | number | Date, zone: string): { day: string; time: string; seconds: number } {
  const parts = Object.fromEntries(clock(zone).formatToParts(new Date(moment)).map(({ type, value }) => [type, value]));
  return {
    day: `${parts.year}-${parts.month}-${parts.day}`,
    time: `${parts.hour}:${parts.minute}`,
    seconds: Number(parts.hour) * 3600 + Number(parts.minute) * 60 + Number(parts.second),
  };
}

/** The moment at which a clock in the zone shows this (`2026-11-21T13:24`): the first where it does so twice. */
export function instant(shown: string, zone: string): Date {
  const wanted = Date.parse(`${shown}Z`);
  let found = wanted;
  for (let turn = 0; turn < 2; turn++) {
    const { day, time } = wall(found, zone);
    found += wanted - Date.parse(`${day}T${time}Z`);
  }
  return new Date(found);
}

/** The day so many days later. */
export const later = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
