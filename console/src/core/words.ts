/**
 * What the pages say, in English and Spanish. A page has its words beside it:
 *
 *     const WORDS = words({ en: { title: "Teams", members: (n: number) => `${n} members` }, es: { … } });
 *     const t = say(WORDS);      // within a component: it is drawn anew in another language
 */

import { signal } from "@preact/signals";

export const LANGUAGES = { en: "English", es: "Español" } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = "mesa.language";

export const language = signal<Language>(chosen() ?? liked() ?? "en");

/** Spanish has the same words as English, no more and no fewer. */
export const words = <T extends object>(both: { en: T; es: NoInfer<T> }): { en: T; es: T } => both;

export const say = <T>(both: { en: T; es: T }): T => both[language.value];

export function speak(code: Language): void {
  localStorage.setItem(KEY, code);
  language.value = code;
}

/** The desk's language, for who has none chosen and whose browser likes neither. */
export function suggest(code: string): void {
  if (!chosen() && !liked() && code in LANGUAGES) language.value = code as Language;
}

function chosen(): Language | null {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(KEY);
  return asked && asked in LANGUAGES ? (asked as Language) : null;
}

function liked(): Language | null {
  const codes = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return (codes.find((code) => code in LANGUAGES) as Language | undefined) ?? null;
}

language.subscribe((code) => {
  document.documentElement.lang = code;
});
