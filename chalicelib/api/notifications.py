"""Door: what the desk mails, and to whom."""

from chalicelib.accounts import preferences
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.notifications import (
    NotificationOut,
    NotificationsQuery,
    PreferencesOut,
    PreferencesPatch,
)
from chalicelib.core import paging
from chalicelib.tickets import mail_log

routes = Routes(__name__, tag="Notifications")


@routes.get(
    "/v1/notifications",
    summary="List the mails that one got, or did not get; administrators, those of all",
    answer=Page[NotificationOut],
)
def list_notifications(call: Call, query: NotificationsQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    filters = {name: getattr(query, name) for name in NotificationsQuery.FILTERS}
    return Answer(mail_log.listing(call.tx, call.actor, filters, page, query.sort))


@routes.get(
    "/v1/notifications/preferences", summary="Which mails one gets about tickets", answer=PreferencesOut
)
def show_preferences(call: Call) -> Answer:
    return Answer(preferences.show(call.tx, call.actor))


@routes.patch(
    "/v1/notifications/preferences",
    summary="Turn mails about tickets off, and on again, or have them in one",
    answer=PreferencesOut,
    examples={"body": {"mail": {"sla_warnings": False}, "digests": {"watched": "daily"}}},
)
def change_preferences(call: Call, body: PreferencesPatch) -> Answer:
    changes = {name: sent(part) for name, part in sent(body).items()}
    return Answer(
        preferences.change(call.tx, call.actor, changes.get("mail", {}), changes.get("digests", {}))
    )
