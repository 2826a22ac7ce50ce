"""Mesa's composition root: the Chalice app and its doors. No logic lives here."""

from chalice import Chalice

import chalicelib.core.cold_start
from chalicelib.api import (
    analytics,
    api_keys,
    attachments,
    audit_log,
    auth,
    authorizer,
    bulk,
    calendars,
    categories,
    comments,
    console_pages,
    custom_fields,
    dashboard,
    docs,
    events,
    exports,
    form,
    health,
    imports,
    inbound,
    insight,
    integrations,
    invitations,
    jobs,
    links,
    macros,
    mail_templates,
    mailboxes,
    notifications,
    oidc,
    oidc_provider,
    organisations,
    passwords,
    personal_data,
    public,
    public_status,
    quarantine,
    rating_page,
    ratings,
    rules,
    sign_up,
    similar,
    sla_policies,
    status_page,
    tags,
    teams,
    ticket_mails,
    ticket_sla,
    ticket_verbs,
    tickets,
    time_entries,
    two_step,
    unsubscribe_page,
    users,
    views,
    watchers,
    webhooks,
    workspace,
)

app = Chalice(app_name="mesa")
app.register_blueprint(authorizer.bp)
app.register_blueprint(health.routes.blueprint)
app.register_blueprint(docs.routes.blueprint)
app.register_blueprint(console_pages.routes.blueprint)
app.register_blueprint(auth.routes.blueprint)
app.register_blueprint(notifications.routes.blueprint)
app.register_blueprint(unsubscribe_page.routes.blueprint)
app.register_blueprint(passwords.routes.blueprint)
app.register_blueprint(two_step.routes.blueprint)
app.register_blueprint(oidc.routes.blueprint)
app.register_blueprint(workspace.routes.blueprint)
app.register_blueprint(oidc_provider.routes.blueprint)
app.register_blueprint(users.routes.blueprint)
app.register_blueprint(personal_data.routes.blueprint)
app.register_blueprint(jobs.routes.blueprint)
app.register_blueprint(invitations.routes.blueprint)
app.register_blueprint(organisations.routes.blueprint)
app.register_blueprint(teams.routes.blueprint)
app.register_blueprint(api_keys.routes.blueprint)
app.register_blueprint(audit_log.routes.blueprint)
app.register_blueprint(calendars.routes.blueprint)
app.register_blueprint(categories.routes.blueprint)
app.register_blueprint(custom_fields.routes.blueprint)
app.register_blueprint(rules.routes.blueprint)
app.register_blueprint(links.routes.blueprint)
app.register_blueprint(macros.routes.blueprint)
app.register_blueprint(imports.routes.blueprint)
app.register_blueprint(mailboxes.routes.blueprint)
app.register_blueprint(mail_templates.routes.blueprint)
app.register_blueprint(quarantine.routes.blueprint)
app.register_blueprint(ticket_mails.routes.blueprint)
app.register_blueprint(tags.routes.blueprint)
app.register_blueprint(views.routes.blueprint)
app.register_blueprint(sla_policies.routes.blueprint)
app.register_blueprint(tickets.routes.blueprint)
app.register_blueprint(bulk.routes.blueprint)
app.register_blueprint(ticket_verbs.routes.blueprint)
app.register_blueprint(ticket_sla.routes.blueprint)
app.register_blueprint(similar.routes.blueprint)
app.register_blueprint(dashboard.routes.blueprint)
app.register_blueprint(analytics.routes.blueprint)
app.register_blueprint(exports.routes.blueprint)
app.register_blueprint(insight.routes.blueprint)
app.register_blueprint(time_entries.routes.blueprint)
app.register_blueprint(comments.routes.blueprint)
app.register_blueprint(attachments.routes.blueprint)
app.register_blueprint(watchers.routes.blueprint)
app.register_blueprint(integrations.routes.blueprint)
app.register_blueprint(inbound.routes.blueprint)
app.register_blueprint(webhooks.routes.blueprint)
app.register_blueprint(events.routes.blueprint)
app.register_blueprint(public.routes.blueprint)
app.register_blueprint(form.routes.blueprint)
app.register_blueprint(status_page.routes.blueprint)
app.register_blueprint(sign_up.routes.blueprint)
app.register_blueprint(ratings.routes.blueprint)
app.register_blueprint(rating_page.routes.blueprint)
app.register_blueprint(public_status.bp)

# Chalice deploys these as Lambdas of their own, which never load this file. The API never runs them: its cold
# start does not wait for what they import.
if __name__ != chalicelib.core.cold_start.HANDLER_MODULE:
    from chalicelib import egress, points, queues, schedules

    app.register_blueprint(egress.bp)
    app.register_blueprint(points.bp)
    app.register_blueprint(queues.bp)
    app.register_blueprint(schedules.bp)

chalicelib.core.cold_start.over(__name__)
