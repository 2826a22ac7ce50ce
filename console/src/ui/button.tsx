import type { IconNode } from "lucide";
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ComponentChildren } from "preact";

import { Icon } from "./icon";

type Look = "main" | "brand" | "bad" | "quiet";

interface Looks {
  look?: Look;
  small?: boolean;
  icon?: IconNode;
  /** Said to who does not see the picture; for a button of a picture alone. */
  label?: string;
  children?: ComponentChildren;
}

const classes = ({ look, small, label }: Looks): string =>
  ["button", look, small && "small", label && "icon-only"].filter(Boolean).join(" ");

export function Button({ look, small, icon, label, children, busy = false, ...rest }: Looks & { busy?: boolean } & ButtonHTMLAttributes) {
  return (
    <button type="button" {...rest} class={classes({ look, small, label })} aria-label={label ?? rest["aria-label"]} title={label ?? rest.title} aria-disabled={busy || undefined} onClick={busy ? (event) => event.preventDefault() : rest.onClick}>
      {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon of={icon} />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({ look, small, icon, label, children, ...rest }: Looks & AnchorHTMLAttributes) {
  return (
    <a {...rest} class={classes({ look, small, label })} aria-label={label ?? rest["aria-label"]} title={label ?? rest.title}>
      {icon && <Icon of={icon} />}
      {children}
    </a>
  );
}
