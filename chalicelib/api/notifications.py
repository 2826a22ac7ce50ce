"""Door: what the desk mails to whoever is signed in."""

from chalicelib.accounts import preferences
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import sent
from chalicelib.api.schemas.notifications import PreferencesOut, PreferencesPatch

routes = Routes(__name__, tag="Notifications")


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
