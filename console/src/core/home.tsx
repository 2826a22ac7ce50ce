/** Where somebody begins: the own requests, or the queue; whoever is nobody yet signs in. */

import { useEffect } from "preact/hooks";

import { go } from "./router";
import { session } from "./session";

export default function Home() {
  const user = session.value?.user;
  useEffect(() => go(!user ? "sign-in" : user.role === "customer" ? "requests" : "queue", {}, { replace: true }), [user]);
  return null;
}
