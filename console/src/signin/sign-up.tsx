import { Page } from "../ui/page";

export default function () {
  return <Page title="Sign up">…</Page>;
}
