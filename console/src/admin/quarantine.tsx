import { Page } from "../ui/page";

export default function () {
  return <Page title="Quarantine">…</Page>;
}
