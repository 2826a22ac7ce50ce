/** Name and contact facts, and being away. What one is to the desk is shown; others decide it. */

import { useState } from "preact/hooks";

import { api, take } from "../core/api";
import type { Schema } from "../core/api-types";
import { asProblem, type Problem } from "../core/problem";
import { rename } from "../core/session";
import { say, words } from "../core/words";
import { CheckField, Form, TextField, useForm } from "../ui/form";
import { ProblemNote } from "../ui/states";
import { Switch } from "../ui/switch";
import { Ago } from "../ui/time";
import { tell } from "../ui/toasts";
import { PARTS, TERMS } from "../ui/words";

type Me = Schema<"MeOut">;

const WORDS = words({
  en: {
    away: "Away",
    awayHint: "Teams that hand out tickets by themselves give you none. What you have stays yours.",
    since: "Away since",
    isAway: "You are away now.",
    isBack: "You are back.",
    facts: "About you",
    factsHint: "Email, role and teams are changed by an administrator.",
    email: "Email",
    role: "Role",
    desk: "Help desk",
    teams: "Teams",
    organisation: "Organisation",
    contact: "Name and contact",
    name: "Name",
    phone: "Phone",
    whatsapp: "This number has WhatsApp",
    company: "Company",
    document: "Identity document",
    saved: "Saved",
    unverified: "Your email is not confirmed yet.",
    again: "Send the mail again",
    sent: "The mail is on its way.",
    problem: { bounced: "Mails to your address come back: it does not exist, says its server.", failing: "Mails to your address have failed for days.", complained: "Mails from this desk were reported as spam from your mailbox." },
    problemHow: "You get no mails about tickets until an administrator has looked into it.",
  },
  es: {
    away: "Ausente",
    awayHint: "Los equipos que reparten tickets por sí solos no le darán ninguno. Los que tiene siguen siendo suyos.",
    since: "Ausente desde",
    isAway: "Ahora figura como ausente.",
    isBack: "Ha vuelto.",
    facts: "Sobre usted",
    factsHint: "El correo, el rol y los equipos los cambia quien administra la mesa de ayuda.",
    email: "Correo electrónico",
    role: "Rol",
    desk: "Mesa de ayuda",
    teams: "Equipos",
    organisation: "Organización",
    contact: "Nombre y contacto",
    name: "Nombre",
    phone: "Teléfono",
    whatsapp: "Este número tiene WhatsApp",
    company: "Empresa",
    document: "Documento de identidad",
    saved: "Guardado",
    unverified: "Su correo aún no está confirmado.",
    again: "Enviar el mensaje otra vez",
    sent: "El mensaje está en camino.",
    problem: { bounced: "Los correos a su dirección vuelven: no existe, según su servidor.", failing: "Los correos a su dirección fallan desde hace días.", complained: "Desde su buzón se marcaron como no deseados los correos de esta mesa de ayuda." },
    problemHow: "No recibirá correos sobre tickets hasta que lo revise quien administra la mesa de ayuda.",
  },
});

export function Profile({ me, onChange }: { me: Me; onChange: (me: Me) => void }) {
  const t = say(WORDS);
  const facts: [string, string][] = [
    [t.email, me.email],
    [t.role, say(TERMS).role[me.role]],
    [t.desk, me.workspace.name],
  ];
  if (me.teams.length) facts.push([t.teams, me.teams.map((team) => team.name).join(", ")]);
  if (me.organisation) facts.push([t.organisation, me.organisation.name]);
  return (
    <>
      {me.email_problem && <div class="note warn" role="status"><div>{t.problem[me.email_problem.reason]} {t.problemHow}</div></div>}
      {!me.email_verified_at && <Unverified />}
      {me.away !== null && <section class="card"><Away me={me} onChange={onChange} /></section>}
      <section class="card" aria-label={t.contact}>
        <header><h2>{t.contact}</h2></header>
        <Contact me={me} onChange={onChange} />
      </section>
      <section class="card" aria-label={t.facts}>
        <header><h2>{t.facts}</h2><p>{t.factsHint}</p></header>
        <dl class="about">
          {facts.map(([name, fact]) => (
            <>
              <dt>{name}</dt>
              <dd>{fact}</dd>
            </>
          ))}
        </dl>
      </section>
    </>
  );
}

function Contact({ me, onChange }: { me: Me; onChange: (me: Me) => void }) {
  const t = say(WORDS);
  const shown = (of: Me) => ({ name: of.name, phone: of.phone ?? "", has_whatsapp: of.has_whatsapp ?? false, company: of.company ?? "", document_id: of.document_id ?? "" });
  const form = useForm(shown(me), async (values) => {
    const { name, phone, company, document_id, has_whatsapp } = values;
    const body = { name, phone: phone.trim() || null, company: company.trim() || null, document_id: document_id.trim() || null, has_whatsapp: phone.trim() ? has_whatsapp : null };
    const changed = await take(api.PATCH("/v1/auth/me", { body }));
    onChange(changed);
    rename(changed.name);
    form.reset(shown(changed));
    tell(t.saved);
  });
  return (
    <Form of={form} action={say(PARTS).save} disabled={!form.changed}>
      <TextField of={form} name="name" label={t.name} autocomplete="name" maxLength={150} />
      <div class="pair">
        <TextField of={form} name="phone" label={t.phone} type="tel" autocomplete="tel" optional />
        <TextField of={form} name="company" label={t.company} autocomplete="organization" optional maxLength={150} />
      </div>
      {form.values.phone.trim() && <CheckField of={form} name="has_whatsapp" label={t.whatsapp} />}
      <TextField of={form} name="document_id" label={t.document} optional maxLength={50} />
    </Form>
  );
}

function Away({ me, onChange }: { me: Me; onChange: (me: Me) => void }) {
  const t = say(WORDS);
  const [problem, setProblem] = useState<Problem | null>(null);
  // What one has just said, while it is being saved.
  const [said, setSaid] = useState<boolean | null>(null);
  const change = async (away: boolean) => {
    setSaid(away);
    setProblem(null);
    try {
      onChange(await take(api.PATCH("/v1/auth/me", { body: { away } })));
      tell(away ? t.isAway : t.isBack);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setSaid(null);
    }
  };
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <Switch label={t.away} hint={<>{t.awayHint} {me.away_since && <strong>{t.since} <Ago at={me.away_since} />.</strong>}</>} on={said ?? me.away ?? false} disabled={said !== null} onChange={change} />
    </>
  );
}

function Unverified() {
  const t = say(WORDS);
  const [sent, setSent] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const again = () => take(api.POST("/v1/auth/verify-email/resend")).then(() => setSent(true), (thrown) => setProblem(asProblem(thrown)));
  if (problem) return <ProblemNote problem={problem} />;
  return (
    <div class="note" role="status">
      <div>{sent ? t.sent : <>{t.unverified} <button type="button" class="link" onClick={again}>{t.again}</button></>}</div>
    </div>
  );
}
