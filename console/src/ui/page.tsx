/** A page: its title, for the eye, the window and who listens, and what one can do with it as a whole. */

import { ChevronLeft } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { Icon } from "./icon";

interface PageProps {
  title: string;
  /** A line below the title. */
  lead?: ComponentChildren;
  /** The page that this one is a part of, above the title. */
  back?: { href: string; label: string };
  /** Buttons, at its right. */
  actions?: ComponentChildren;
  narrow?: boolean;
  children: ComponentChildren;
}

export function Page({ title, lead, back, actions, narrow, children }: PageProps) {
  const heading = useTitle(title);
  return (
    <div class={narrow ? "page narrow" : "page"}>
      <header>
        <div>
          {back && <a class="back" href={back.href}><Icon of={ChevronLeft} />{back.label}</a>}
          <h1 tabIndex={-1} ref={heading}>{title}</h1>
          {lead && <p>{lead}</p>}
        </div>
        {actions && <div class="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** Names the window; the heading with this reference gets the focus when somebody comes from another page. */
export function useTitle(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Mesa`;
  }, [title]);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement?.closest("nav")) heading.current?.focus();
  }, []);
  return heading;
}
