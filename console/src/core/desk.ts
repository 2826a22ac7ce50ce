/** The desk that a page without an account is of, by `?workspace=` in its address: its name and its looks. */

import { signal } from "@preact/signals";

import { api, take } from "./api";
import type { Schema } from "./api-types";
import { suggest } from "./words";

export type Desk = Schema<"FacadeOut">;

export const desk = signal<Desk | null>(null);

/** Fetches it and takes on its looks. Throws Problem where there is none. */
export async function enter(workspace: string): Promise<Desk> {
  const found = await take(api.GET("/v1/public/{workspace}", { params: { path: { workspace } } }));
  desk.value = found;
  suggest(found.language);
  paint(found.branding.color);
  return found;
}

/** The desk's colour, and what can be read on it (WCAG 2.2, 1.4.3): white or black has 4.5 to 1 on whatever it is. */
export function paint(color: string | null): void {
  const style = document.documentElement.style;
  if (!color) {
    style.removeProperty("--brand");
    style.removeProperty("--on-brand");
    return;
  }
  style.setProperty("--brand", color);
  style.setProperty("--on-brand", contrast(color, "#ffffff") >= contrast(color, "#000000") ? "#ffffff" : "#000000");
}

export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((place) => {
    const part = Number.parseInt(color.slice(place, place + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
