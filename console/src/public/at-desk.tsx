/** What the pages without an account have in common: which desk they are of, or a page that asks for it. */

import type { ComponentChildren } from "preact";

import { api, take } from "../core/api";
import { desk, enter, type Desk } from "../core/desk";
import { useLoad } from "../core/load";
import { route, set } from "../core/router";
import { say, words } from "../core/words";
import type { Declared } from "../ui/custom-fields";
import { Form, TextField, useForm } from "../ui/form";
import { Page } from "../ui/page";
import { ProblemNote, Waiting } from "../ui/states";
import type { Schema } from "../core/api-types";

const WORDS = words({
  en: {
    title: "Which help desk?",
    why: "The address of this page does not say which help desk it belongs to. Enter its short name: it stands in the links and mails that you got from it.",
    unknown: (slug: string) => `There is no help desk “${slug}”. Look at the short name again.`,
    slug: "Short name of the help desk",
    hint: "Lower-case letters, digits and dashes, such as acme-support",
    go: "Continue",
  },
  es: {
    title: "¿Qué mesa de ayuda?",
    why: "La dirección de esta página no indica a qué mesa de ayuda pertenece. Escriba su nombre corto: aparece en los enlaces y correos que recibió de ella.",
    unknown: (slug: string) => `No existe la mesa de ayuda «${slug}». Revise el nombre corto.`,
    slug: "Nombre corto de la mesa de ayuda",
    hint: "Letras minúsculas, cifras y guiones, como acme-soporte",
    go: "Continuar",
  },
});

/** Draws its children at the desk of the address; `title` is the page's while that comes. */
export function AtDesk({ title, children }: { title: string; children: (desk: Desk) => ComponentChildren }) {
  const slug = route.value.params.workspace?.trim().toLowerCase();
  if (!slug) return <WhichDesk />;
  return <Entered key={slug} slug={slug} title={title}>{children}</Entered>;
}

function Entered({ slug, title, children }: { slug: string; title: string; children: (desk: Desk) => ComponentChildren }) {
  const known = desk.value?.slug === slug ? desk.value : null;
  const found = useLoad(async () => (desk.value?.slug === slug ? desk.value : enter(slug)), [slug]);
  const here = found.data ?? known;
  if (here) return <>{children(here)}</>;
  if (found.problem?.status === 404 || found.problem?.status === 422) return <WhichDesk unknown={slug} />;
  return <Page title={title}>{found.problem ? <ProblemNote problem={found.problem} retry={found.reload} /> : <Waiting />}</Page>;
}

function WhichDesk({ unknown }: { unknown?: string }) {
  const t = say(WORDS);
  const form = useForm({ workspace: unknown ?? "" }, async ({ workspace }) => {
    if (workspace.trim()) set({ workspace: workspace.trim().toLowerCase() }, { replace: false });
  });
  return (
    <Page title={t.title} lead={t.why}>
      <div class="card padded">
        <Form of={form} action={t.go} look="brand">
          {unknown && <div class="note warn" role="alert"><div>{t.unknown(unknown)}</div></div>}
          <TextField of={form} name="workspace" label={t.slug} hint={t.hint} autocomplete="off" spellcheck={false} />
        </Form>
      </div>
    </Page>
  );
}

export interface Asked {
  categories: readonly Schema<"CategoryChoice">[];
  fields: readonly Declared[];
}

/** What a desk offers and asks for. */
export function useAsked(workspace: string) {
  return useLoad<Asked>(async () => {
    const params = { path: { workspace } };
    const [categories, fields] = await Promise.all([
      take(api.GET("/v1/public/{workspace}/categories", { params })),
      take(api.GET("/v1/public/{workspace}/custom-fields", { params })),
    ]);
    return { categories: categories.items, fields: fields.items };
  }, [workspace]);
}
