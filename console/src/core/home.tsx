/** Where somebody begins: the own requests, or the queue; whoever is nobody yet chooses. */

import { useEffect } from "preact/hooks";

import Start from "../signin/start";
import { go } from "./router";
import { session } from "./session";

export default function Home() {
  const user = session.value?.user;
  useEffect(() => {
    if (user) go(user.role === "customer" ? "requests" : "queue", {}, { replace: true });
  }, [user]);
  return user ? null : <Start />;
}
