/** Every page by its name in the address, loaded when somebody goes there. Who it is for: page-names.json. */

import type { FunctionComponent } from "preact";

import names from "./page-names.json";

export type PageName = keyof typeof names;
export type Audience = "public" | "anybody" | "customer" | "staff" | "dispatcher" | "admin";

interface PageModule {
  default: FunctionComponent;
}

export const AUDIENCES = names as Record<PageName, Audience>;

export const PAGES: Record<PageName, () => Promise<PageModule>> = {
  home: () => import("./core/home"),
  submit: () => import("./public/submit"),
  status: () => import("./public/status"),
  "sign-in": () => import("./signin/sign-in"),
  "signed-in": () => import("./signin/signed-in"),
  "sign-up": () => import("./signin/sign-up"),
  register: () => import("./signin/register"),
  forgot: () => import("./signin/forgot"),
  reset: () => import("./signin/reset"),
  invitation: () => import("./signin/invitation"),
  "verify-email": () => import("./signin/verify-email"),
  "two-step": () => import("./signin/two-step"),
  account: () => import("./account/account"),
  requests: () => import("./customer/requests"),
  request: () => import("./customer/request"),
  "new-request": () => import("./customer/new-request"),
  queue: () => import("./queue/queue"),
  ticket: () => import("./ticket/ticket"),
  "new-ticket": () => import("./ticket/new-ticket"),
  dashboard: () => import("./insight/dashboard"),
  figures: () => import("./insight/figures"),
  agent: () => import("./insight/agent"),
  exports: () => import("./insight/exports"),
  people: () => import("./admin/people"),
  person: () => import("./admin/person"),
  teams: () => import("./admin/teams"),
  organisations: () => import("./admin/organisations"),
  policies: () => import("./admin/policies"),
  calendars: () => import("./admin/calendars"),
  macros: () => import("./admin/macros"),
  rules: () => import("./admin/rules"),
  quarantine: () => import("./admin/quarantine"),
  categories: () => import("./admin/categories"),
  fields: () => import("./admin/fields"),
  mailboxes: () => import("./admin/mailboxes"),
  "mail-texts": () => import("./admin/mail-texts"),
  integrations: () => import("./admin/integrations"),
  webhooks: () => import("./admin/webhooks"),
  webhook: () => import("./admin/webhook"),
  "api-keys": () => import("./admin/api-keys"),
  imports: () => import("./admin/imports"),
  "audit-log": () => import("./admin/audit-log"),
  settings: () => import("./admin/settings"),
};

export const isPage = (name: string): name is PageName => Object.hasOwn(PAGES, name);
