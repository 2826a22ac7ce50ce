/** The frame of the pages on which one comes in: whose desk it is, one thing to do, and where else to go. */

import type { ComponentChildren } from "preact";

import type { Desk } from "../core/desk";
import { initials } from "../core/format";
import { Page } from "../ui/page";

interface FrameProps {
  title: string;
  lead?: ComponentChildren;
  desk?: Pick<Desk, "name" | "branding"> | null;
  wide?: boolean;
  /** Links, below the card. */
  below?: ComponentChildren;
  children?: ComponentChildren;
}

export function Frame({ title, lead, desk, wide, below, children }: FrameProps) {
  const name = desk?.name ?? "Mesa";
  return (
    <div class={wide ? "sign wide" : "sign"}>
      <div class="brand">
        {desk?.branding.logo_url ? <img src={desk.branding.logo_url} alt="" /> : <span class="mark" aria-hidden="true">{initials(name)}</span>}
        <span class="one-line">{name}</span>
      </div>
      <div class="card">
        <Page title={title} lead={lead}>
          <div class="stack wide">{children}</div>
        </Page>
      </div>
      {below && <div class="below">{below}</div>}
    </div>
  );
}
