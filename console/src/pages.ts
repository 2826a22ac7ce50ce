/** Every page by its name in the address, loaded when somebody goes there. Who it is for: page-names.json. */

import type { FunctionComponent } from "preact";

import names from "./page-names.json";

export type PageName = keyof typeof names;
export type Audience = "public" | "anybody" | "customer" | "staff" | "dispatcher" | "admin";

export const AUDIENCES = names as Record<PageName, Audience>;

// Pages that one goes between come together: each call for a file is one of a Lambda.
const publicArea = () => import("./areas/public");
const signInArea = () => import("./areas/signin");
const accountArea = () => import("./areas/account");
const customerArea = () => import("./areas/customer");
const queueArea = () => import("./areas/queue");
const ticketArea = () => import("./areas/ticket");
const insightArea = () => import("./areas/insight");
const adminArea = () => import("./areas/admin");

export const PAGES: Record<PageName, () => Promise<FunctionComponent>> = {
  home: async () => (await import("./core/home")).default,
  submit: async () => (await publicArea()).submit,
  status: async () => (await publicArea()).status,
  "sign-in": async () => (await signInArea()).signIn,
  "signed-in": async () => (await signInArea()).signedIn,
  "sign-up": async () => (await signInArea()).signUp,
  register: async () => (await signInArea()).register,
  forgot: async () => (await signInArea()).forgot,
  reset: async () => (await signInArea()).reset,
  invitation: async () => (await signInArea()).invitation,
  "verify-email": async () => (await signInArea()).verifyEmail,
  "two-step": async () => (await signInArea()).twoStep,
  account: async () => (await accountArea()).account,
  requests: async () => (await customerArea()).requests,
  request: async () => (await customerArea()).request,
  "new-request": async () => (await customerArea()).newRequest,
  queue: async () => (await queueArea()).queue,
  ticket: async () => (await ticketArea()).ticket,
  "new-ticket": async () => (await ticketArea()).newTicket,
  dashboard: async () => (await insightArea()).dashboard,
  figures: async () => (await insightArea()).figures,
  agent: async () => (await insightArea()).agent,
  exports: async () => (await insightArea()).exports,
  people: async () => (await adminArea()).people,
  person: async () => (await adminArea()).person,
  teams: async () => (await adminArea()).teams,
  organisations: async () => (await adminArea()).organisations,
  policies: async () => (await adminArea()).policies,
  calendars: async () => (await adminArea()).calendars,
  macros: async () => (await adminArea()).macros,
  rules: async () => (await adminArea()).rules,
  quarantine: async () => (await adminArea()).quarantine,
  categories: async () => (await adminArea()).categories,
  fields: async () => (await adminArea()).fields,
  mailboxes: async () => (await adminArea()).mailboxes,
  "mail-texts": async () => (await adminArea()).mailTexts,
  integrations: async () => (await adminArea()).integrations,
  webhooks: async () => (await adminArea()).webhooks,
  webhook: async () => (await adminArea()).webhook,
  "api-keys": async () => (await adminArea()).apiKeys,
  imports: async () => (await adminArea()).imports,
  "audit-log": async () => (await adminArea()).auditLog,
  settings: async () => (await adminArea()).settings,
};

export const isPage = (name: string): name is PageName => Object.hasOwn(PAGES, name);
