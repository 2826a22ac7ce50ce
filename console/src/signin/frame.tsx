/** The frame of the pages on which one comes in: one thing to do, and where else to go. */

import type { ComponentChildren } from "preact";

import type { Desk } from "../core/desk";
import { Page } from "../ui/page";

interface FrameProps {
  title: string;
  lead?: ComponentChildren;
  /** Whose name stands above already. */
  desk?: Pick<Desk, "name"> | null;
  wide?: boolean;
  /** Links, below the card. */
  below?: ComponentChildren;
  children?: ComponentChildren;
}

export function Frame({ title, lead, desk, wide, below, children }: FrameProps) {
  return (
    <div class={wide ? "sign wide" : "sign"}>
      {!desk && (
        <div class="brand">
          <span class="mark" aria-hidden="true">M</span>
          <span>Mesa</span>
        </div>
      )}
      <div class="card">
        <Page title={title} lead={lead}>
          <div class="stack wide">{children}</div>
        </Page>
      </div>
      {below && <div class="below">{below}</div>}
    </div>
  );
}
