/** Oneself: profile, ways to sign in, what is mailed, one's data, and how this browser shows it all. */

import { api, take } from "../core/api";
import { useLoad } from "../core/load";
import { route, set } from "../core/router";
import { say, words } from "../core/words";
import { Page } from "../ui/page";
import { Show } from "../ui/states";
import { Tabs } from "../ui/tabs";
import { Looks, OwnData } from "./data";
import { Mails } from "./mails";
import { Profile } from "./profile";
import { Safety } from "./safety";

const WORDS = words({
  en: { title: "Your account", profile: "Profile", safety: "Signing in", mails: "Mails", data: "Data and display" },
  es: { title: "Su cuenta", profile: "Perfil", safety: "Inicio de sesión", mails: "Correos", data: "Datos y pantalla" },
});

const TABS = ["profile", "safety", "mails", "data"] as const;

export default function Account() {
  const t = say(WORDS);
  const me = useLoad(() => take(api.GET("/v1/auth/me")), []);
  const chosen = TABS.find((tab) => tab === route.value.params.tab) ?? "profile";
  return (
    <Page title={t.title}>
      <Tabs label={t.title} tabs={TABS.map((tab) => [tab, t[tab]] as const)} chosen={chosen} onChoose={(tab) => set({ tab: tab === "profile" ? null : tab })}>
        <div class="account">
          {chosen === "profile" && <Show of={me}>{(person) => <Profile me={person} onChange={me.put} />}</Show>}
          {chosen === "safety" && <Safety />}
          {chosen === "mails" && <Show of={me}>{(person) => <Mails me={person} />}</Show>}
          {chosen === "data" && (
            <>
              <Looks />
              <OwnData />
            </>
          )}
        </div>
      </Tabs>
    </Page>
  );
}
