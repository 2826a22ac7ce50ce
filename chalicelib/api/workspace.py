"""Door: the settings of the caller's workspace."""

from chalicelib.accounts import settings
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import sent
from chalicelib.api.schemas.workspace import WorkspaceOut, WorkspacePatch

routes = Routes(__name__, tag="Workspace")


@routes.get("/v1/workspace", summary="The workspace and its settings", answer=WorkspaceOut)
def get_workspace(call: Call) -> Answer:
    return Answer(settings.get(call.tx, call.actor))


@routes.patch(
    "/v1/workspace",
    summary="Change settings",
    answer=WorkspaceOut,
    examples={"body": {"timezone": "America/Bogota", "language": "es", "reopen_window_days": 14}},
)
def change_workspace(call: Call, body: WorkspacePatch) -> Answer:
    return Answer(settings.change(call.tx, call.actor, sent(body)))
