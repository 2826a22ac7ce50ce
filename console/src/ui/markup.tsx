/**
 * The API's HTML of a comment (docs/comments.md), drawn without ever being HTML here: it is read for the few tags
 * that it may have, and each becomes an element of ours. What is anything else is text.
 */

import { createElement, type ComponentChildren, type VNode } from "preact";

const TAGS = new Set(["a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"]);
const EMPTY = new Set(["br", "hr"]);
const PIECE = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"<>]*")*)\s*>/g;
const ATTRIBUTE = /([a-z-]+)="([^"]*)"/g;
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
// A heading in a comment is none of the page's: it looks like one.
const AS: Record<string, string> = { h1: "p", h2: "p", h3: "p", h4: "p", h5: "p", h6: "p" };

interface Open {
  tag: string;
  attributes: Record<string, string>;
  inside: ComponentChildren[];
}

/** `mark` may draw a piece of text otherwise, as mentions are. */
export function Markup({ html, mark }: { html: string; mark?: (text: string) => ComponentChildren }) {
  return <div class="markup">{read(html, mark ?? ((text) => text))}</div>;
}

function read(html: string, mark: (text: string) => ComponentChildren): ComponentChildren[] {
  const root: Open = { tag: "", attributes: {}, inside: [] };
  const open: Open[] = [root];
  let from = 0;
  const top = () => open[open.length - 1]!;
  const text = (raw: string) => {
    if (!raw) return;
    const plain = decoded(raw);
    top().inside.push(open.some(({ tag }) => tag === "code" || tag === "a") ? plain : mark(plain));
  };
  const end = () => {
    const done = open.pop()!;
    top().inside.push(element(done));
  };
  for (const piece of html.matchAll(PIECE)) {
    const [all, slash, tag, attributes] = piece as unknown as [string, string, string, string];
    if (!TAGS.has(tag)) continue;
    text(html.slice(from, piece.index));
    from = piece.index + all.length;
    if (slash) {
      if (!open.some((one) => one.tag === tag)) continue;
      while (top().tag !== tag) end();
      end();
    } else if (EMPTY.has(tag)) top().inside.push(createElement(tag, null));
    else open.push({ tag, attributes: pairs(attributes), inside: [] });
  }
  text(html.slice(from));
  while (open.length > 1) end();
  return root.inside;
}

function element({ tag, attributes, inside }: Open): VNode {
  if (tag === "a") {
    const href = attributes.href ?? "";
    if (!/^(https?:\/\/|mailto:)/i.test(href)) return <span>{inside}</span>;
    return <a href={href} title={attributes.title} target="_blank" rel="noopener noreferrer nofollow">{inside}</a>;
  }
  if (tag === "table") return <div class="table-frame" tabIndex={0}><table>{inside}</table></div>;
  const align = attributes.align;
  const style = align && /^(left|right|center)$/.test(align) ? { textAlign: align } : undefined;
  const start = tag === "ol" && /^\d{1,9}$/.test(attributes.start ?? "") ? Number(attributes.start) : undefined;
  return createElement(AS[tag] ?? tag, { style, start, class: tag in AS ? "strong" : undefined } as object, ...inside);
}

const pairs = (attributes: string): Record<string, string> =>
  Object.fromEntries(Array.from(attributes.matchAll(ATTRIBUTE), ([, name, value]) => [name!, decoded(value!)]));

const decoded = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,5}));/gi, (all, decimal, hex, name) => {
    if (name) return NAMED[name] ?? all;
    const code = Number.parseInt(decimal ?? hex, decimal ? 10 : 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
