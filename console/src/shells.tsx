/** The frames: for staff with the ways to every page, for customers, and for who is nobody yet. */

import { AtSign, BarChart3, Building2, CalendarClock, ClipboardList, FileText, Gauge, Inbox, Import, KeyRound, ListChecks, LogOut, MailQuestionMark, Mails, Menu as MenuIcon, Network, Plug, ScrollText, Settings, Shapes, Tags, Timer, User, Users, Webhook, Wand, type IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { desk, enter, type Desk } from "./core/desk";
import { initials } from "./core/format";
import { go, route, to } from "./core/router";
import { session } from "./core/session";
import { signOut } from "./core/sign-out";
import { theme } from "./core/theme";
import { LANGUAGES, language, say, speak, words } from "./core/words";
import { AUDIENCES, type PageName } from "./pages";
import { Button } from "./ui/button";
import { Options } from "./ui/form";
import { Icon } from "./ui/icon";
import { useKeys } from "./ui/keys";
import { Menu, MenuItem, MenuRadios } from "./ui/menu";
import { PARTS } from "./ui/words";

const WORDS = words({
  en: {
    pages: { queue: "Tickets", dashboard: "Now", figures: "Figures", exports: "Exports", people: "People", teams: "Teams", organisations: "Organisations", policies: "SLA policies", calendars: "Calendars", macros: "Macros", rules: "Rules", categories: "Categories", fields: "Custom fields", mailboxes: "Mailboxes", "mail-texts": "Mail texts", quarantine: "Quarantine", integrations: "Integrations", webhooks: "Webhooks", "api-keys": "API keys", imports: "Imports", "audit-log": "Audit log", settings: "Settings" } as Record<string, string>,
    groups: { work: "Work", insight: "Insight", desk: "Desk", channels: "Channels", admin: "Administration" } as Record<string, string>,
    main: "Main",
    account: "Your account",
    signOut: "Sign out",
    requests: "Your requests",
    newRequest: "New request",
  },
  es: {
    pages: { queue: "Tickets", dashboard: "Ahora", figures: "Cifras", exports: "Exportaciones", people: "Personas", teams: "Equipos", organisations: "Organizaciones", policies: "Políticas SLA", calendars: "Calendarios", macros: "Macros", rules: "Reglas", categories: "Categorías", fields: "Campos propios", mailboxes: "Buzones", "mail-texts": "Textos de correo", quarantine: "Cuarentena", integrations: "Integraciones", webhooks: "Webhooks", "api-keys": "Claves de API", imports: "Importaciones", "audit-log": "Auditoría", settings: "Ajustes" },
    groups: { work: "Trabajo", insight: "Análisis", desk: "Mesa de ayuda", channels: "Canales", admin: "Administración" },
    main: "Principal",
    account: "Su cuenta",
    signOut: "Cerrar sesión",
    requests: "Sus solicitudes",
    newRequest: "Nueva solicitud",
  },
});

const WAYS: readonly (readonly [group: string, pages: readonly (readonly [PageName, IconNode])[]])[] = [
  ["work", [["queue", Inbox]]],
  ["insight", [["dashboard", Gauge], ["figures", BarChart3], ["exports", FileText]]],
  ["desk", [["people", Users], ["teams", Network], ["organisations", Building2], ["policies", Timer], ["calendars", CalendarClock], ["macros", Wand], ["rules", ListChecks], ["categories", Tags], ["fields", Shapes]]],
  ["channels", [["mailboxes", AtSign], ["mail-texts", Mails], ["quarantine", MailQuestionMark], ["integrations", Plug], ["webhooks", Webhook]]],
  ["admin", [["api-keys", KeyRound], ["imports", Import], ["audit-log", ScrollText], ["settings", Settings]]],
];

const RANKS = { customer: 0, agent: 1, dispatcher: 2, admin: 3 };
const NEEDS: Record<string, number> = { staff: 1, dispatcher: 2, admin: 3 };

export function StaffShell({ children }: { children: ComponentChildren }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const [open, setOpen] = useState(false);
  useKeys({ "g q": () => go("queue"), "g d": () => go("dashboard"), "g n": () => go("new-ticket") });
  const { name } = route.value;
  const user = session.value!.user;
  useEffect(() => {
    setOpen(false);
    document.querySelector('.ways [aria-current="page"]')?.scrollIntoView({ block: "nearest" });
  }, [name]);
  const rank = RANKS[user.role];
  return (
    <div class="staff">
      <a class="skip" href="#main">{parts.skip}</a>
      <header class="bar">
        <Button look="quiet" icon={MenuIcon} label={parts.menu} aria-expanded={open} onClick={() => setOpen(!open)} />
        <span class="strong one-line">{user.workspace.name}</span>
      </header>
      <nav aria-label={t.main} class={open ? "open" : undefined} onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
        <div class="desk">
          <span class="mark" aria-hidden="true">{initials(user.workspace.name)}</span>
          <span class="one-line">{user.workspace.name}</span>
        </div>
        <div class="ways">
        {WAYS.map(([group, pages]) => {
          const open = pages.filter(([page]) => rank >= (NEEDS[AUDIENCES[page]] ?? 0));
          return open.length > 0 && (
            <>
              <h2>{t.groups[group]}</h2>
              {open.map(([page, icon]) => (
                <a key={page} href={to(page)} aria-current={page === name ? "page" : undefined}>
                  <Icon of={icon} />
                  {t.pages[page]}
                </a>
              ))}
            </>
          );
        })}
        </div>
        <div class="own">
          <OwnMenu />
        </div>
      </nav>
      <main id="main" tabIndex={-1}>{children}</main>
    </div>
  );
}

/** For customers: their desk's name and looks, their requests, themselves. */
export function CustomerShell({ children }: { children: ComponentChildren }) {
  const t = say(WORDS);
  const { name } = route.value;
  const { workspace } = session.value!.user;
  useEffect(() => {
    // Without its looks it is the same desk still.
    if (desk.value?.slug !== workspace.slug) enter(workspace.slug).catch(() => null);
  }, [workspace.slug]);
  const here = desk.value?.slug === workspace.slug ? desk.value : null;
  return (
    <div class="customer">
      <a class="skip" href="#main">{say(PARTS).skip}</a>
      <header>
        <DeskMark name={workspace.name} of={here} href={to("requests")} />
        <nav aria-label={t.main}>
          <a href={to("requests")} class="button quiet" aria-current={name === "requests" ? "page" : undefined}><Icon of={ClipboardList} /><span>{t.requests}</span></a>
          <OwnMenu compact />
        </nav>
      </header>
      <main id="main" tabIndex={-1}>{children}</main>
      <Foot of={here} />
    </div>
  );
}

/** For pages without an account: of the desk that their address names, if it does. */
export function AloneShell({ children }: { children: ComponentChildren }) {
  const { name, params } = route.value;
  const asked = params.workspace?.trim().toLowerCase();
  const here = desk.value && (!asked || desk.value.slug === asked) ? desk.value : null;
  return (
    <div class="alone">
      <a class="skip" href="#main">{say(PARTS).skip}</a>
      <header>
        {here ? <DeskMark name={here.name} of={here} href={to("submit", { workspace: here.slug })} /> : <span />}
        <LanguageChoice />
      </header>
      <main id="main" tabIndex={-1} class={WIDE.has(name) ? "wide" : undefined}>{children}</main>
      <Foot of={here} />
    </div>
  );
}

const WIDE: ReadonlySet<string> = new Set<PageName>(["submit", "status"]);

/** The desk's own picture, or the letters of its name in its colour. */
function DeskMark({ name, of, href }: { name: string; of: Desk | null; href: string }) {
  const logo = of?.branding.logo_url;
  const [broken, setBroken] = useState(false);
  useEffect(() => setBroken(false), [logo]);
  return (
    <a class="desk-mark" href={href}>
      {logo && !broken ? (
        <img src={logo} alt={name} referrerpolicy="no-referrer" onError={() => setBroken(true)} />
      ) : (
        <>
          <span class="mark" aria-hidden="true">{initials(name)}</span>
          <span class="one-line">{name}</span>
        </>
      )}
    </a>
  );
}

function Foot({ of }: { of: Desk | null }) {
  return (
    <footer>
      {of?.branding.footer && <p>{of.branding.footer}</p>}
      <p>Mesa</p>
    </footer>
  );
}

export function LanguageChoice() {
  return (
    <select class="input small" style={{ inlineSize: "auto" }} aria-label={say(PARTS).language} value={language.value} onChange={(event) => speak(event.currentTarget.value as keyof typeof LANGUAGES)}>
      <Options of={LANGUAGES} />
    </select>
  );
}

function OwnMenu({ compact }: { compact?: boolean }) {
  const t = say(WORDS);
  const parts = say(PARTS);
  const user = session.value!.user;
  return (
    <Menu label={user.name} look="quiet" icon={compact ? User : undefined} iconOnly={compact} align={compact ? "end" : "start"}>
      <MenuItem icon={User} href={to("account")}>{t.account}</MenuItem>
      <hr />
      <MenuRadios label={parts.language} options={LANGUAGES} value={language.value} onChange={(code) => speak(code as keyof typeof LANGUAGES)} />
      <hr />
      <MenuRadios label={parts.theme} options={parts.themes} value={theme.value} onChange={(look) => (theme.value = look)} />
      <hr />
      <MenuItem icon={LogOut} onClick={() => void signOut()}>{t.signOut}</MenuItem>
    </Menu>
  );
}
