/**
 * Pages by their address: `/api/app/ticket?id=…` is the page `ticket` with the parameter `id`. Links are plain
 * `<a href={to("ticket", { id })}>`: a click stays within the page, and everything else a link can do works.
 */

import { signal } from "@preact/signals";

import type { PageName } from "../pages";

export type Params = Readonly<Record<string, string | undefined>>;

export interface Route {
  name: string;
  params: Params;
}

export const route = signal<Route>(read());

/** The address of a page, relative to every other. */
export function to(name: PageName, params: Record<string, string | number | boolean | null | undefined> = {}): string {
  const given = Object.entries(params).filter(([, value]) => value != null && value !== "");
  const query = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return query ? `${name}?${query}` : name;
}

export function go(name: PageName, params: Parameters<typeof to>[1] = {}, how: { replace?: boolean } = {}): void {
  goTo(to(name, params), how);
}

/** The same for an address as `to` gives it. */
export function goTo(address: string, { replace = false } = {}): void {
  history[replace ? "replaceState" : "pushState"](null, "", address);
  arrive(!replace);
}

/** Other parameters of the page that one is on, as filters are; `undefined` takes one away. */
export function set(params: Parameters<typeof to>[1], { replace = true } = {}): void {
  goTo(to(route.value.name as PageName, { ...route.value.params, ...params }), { replace });
}

/** Where one is, to come back to. */
export const here = (): string => `${route.value.name}${location.search}`;

/** An address that was kept to come back to, if it is one of ours. */
export const back = (address: string | undefined): string | null =>
  address && /^[a-z-]+(\?[^#]*)?$/.test(address) ? address : null;

function arrive(isNew: boolean): void {
  const before = route.value.name;
  route.value = read();
  if (isNew && before !== route.value.name) scrollTo(0, 0);
}

function read(): Route {
  const name = location.pathname.split("/").pop() ?? "";
  return { name, params: Object.fromEntries(new URLSearchParams(location.search)) };
}

addEventListener("popstate", () => arrive(false));
document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest?.("a");
  if (!link || event.defaultPrevented || event.button !== 0 || link.target || link.hasAttribute("download")) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const folder = new URL(".", location.href).href;
  if (!link.href.startsWith(folder) || link.href.slice(folder.length).includes("/") || link.hash) return;
  event.preventDefault();
  goTo(link.href.slice(folder.length));
});
