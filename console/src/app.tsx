/** The page of the address in its frame; whoever may not see it signs in first, or learns so. */

import type { FunctionComponent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { go, here, route } from "./core/router";
import { former, session, type Session } from "./core/session";
import { say, words } from "./core/words";
import { AUDIENCES, isPage, PAGES, type Audience, type PageName } from "./pages";
import { AloneShell, CustomerShell, StaffShell } from "./shells";
import { Page } from "./ui/page";
import { ProblemNote, Waiting } from "./ui/states";
import { Problem } from "./core/problem";
import { tell, Toasts } from "./ui/toasts";

const WORDS = words({
  en: { missing: "There is no such page", notYours: "This page is not for you", start: "To the start", switched: (name: string, desk: string) => `You are signed in as ${name} (${desk}) now.` },
  es: { missing: "No existe esa página", notYours: "Esta página no es para usted", start: "Ir al inicio", switched: (name: string, desk: string) => `Ahora la sesión es de ${name} (${desk}).` },
});

const MAY: Record<Audience, (role: Session["user"]["role"]) => boolean> = {
  public: () => true,
  anybody: () => true,
  customer: (role) => role === "customer",
  staff: (role) => role !== "customer",
  dispatcher: (role) => role === "dispatcher" || role === "admin",
  admin: (role) => role === "admin",
};

/** Whether a page is for whom it is: to show a link to it or not. The API decides what is answered. */
export function isFor(name: PageName, role: Session["user"]["role"]): boolean {
  return MAY[AUDIENCES[name]](role);
}

export function App() {
  const { name } = route.value;
  const user = session.value?.user;
  const mustSignIn = isPage(name) && AUDIENCES[name] !== "public" && name !== "home" && !user;
  const mustEnrol = isPage(name) && AUDIENCES[name] !== "public" && session.value?.must_enrol && name !== "two-step";
  useEffect(() => {
    if (mustSignIn) go("sign-in", { workspace: former?.workspace.slug, return: here(), over: former ? 1 : null }, { replace: true });
    else if (mustEnrol) go("two-step", { return: here() }, { replace: true });
  }, [mustSignIn, mustEnrol]);
  useSwitched(user);
  const inside = !isPage(name) ? (
    <Nowhere title={say(WORDS).missing} />
  ) : mustSignIn || mustEnrol ? null : user && !isFor(name, user.role) ? (
    <Nowhere title={say(WORDS).notYours} />
  ) : (
    // Somebody else's page is another page: nothing of the former one's stays on it.
    <Lazy key={`${name} ${AUDIENCES[name] === "public" ? "" : user?.id}`} name={name} />
  );
  const isPublic = !isPage(name) || AUDIENCES[name] === "public" || !user || session.value?.must_enrol;
  const Shell = isPublic ? AloneShell : user.role === "customer" ? CustomerShell : StaffShell;
  return (
    <>
      <Shell>{inside}</Shell>
      <Toasts />
    </>
  );
}

/** Says so when somebody else has signed in, in another tab. */
function useSwitched(user: Session["user"] | undefined): void {
  const before = useRef(user);
  useEffect(() => {
    if (user && before.current && user.id !== before.current.id) tell(say(WORDS).switched(user.name, user.workspace.name));
    before.current = user;
  }, [user?.id]);
}

function Lazy({ name }: { name: PageName }) {
  const [Found, setFound] = useState<FunctionComponent | null>(null);
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    PAGES[name]().then(
      (page) => setFound(() => page),
      () => (isRenewed() ? setFailed(true) : location.reload()),
    );
  };
  useEffect(load, [name]);
  if (failed) return <ProblemNote problem={new Problem(0, "NETWORK", "")} retry={load} />;
  return Found ? <Found /> : <Waiting />;
}

/** A page that cannot be loaded may be of a release before this one: loading everything anew, once a minute, brings it. */
function isRenewed(): boolean {
  const last = Number(sessionStorage.getItem("mesa.renewed"));
  sessionStorage.setItem("mesa.renewed", String(Date.now()));
  return !navigator.onLine || Date.now() - last < 60_000;
}

const Nowhere = ({ title }: { title: string }) => (
  <Page title={title}>
    <a href="home">{say(WORDS).start}</a>
  </Page>
);
