"""Door: the settings of the caller's workspace, and what of it strangers see."""

from chalicelib.accounts import settings
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import sent
from chalicelib.api.schemas.workspace import FacadeOut, WorkspaceOut, WorkspacePatch

routes = Routes(__name__, tag="Workspace")


@routes.get("/v1/workspace", summary="The workspace and its settings", answer=WorkspaceOut)
def get_workspace(call: Call) -> Answer:
    return Answer(settings.get(call.tx, call.actor))


@routes.patch(
    "/v1/workspace",
    summary="Change settings",
    answer=WorkspaceOut,
    examples={
        "body": {
            "timezone": "America/Bogota",
            "language": "es",
            "reopen_window_days": 14,
            "pending_reminder_days": [3, 7],
            "pending_resolve_days": 10,
            "branding": {"color": "#0d74ce", "footer": "Acme Networks, Calle 7, Bogota"},
        }
    },
)
def change_workspace(call: Call, body: WorkspacePatch) -> Answer:
    wanted = sent(body)
    if "branding" in wanted:
        wanted["branding"] = sent(body.branding)
    return Answer(settings.change(call.tx, call.actor, wanted))


@routes.get(
    "/v1/public/{workspace}",
    summary="A help desk's name, language and looks",
    answer=FacadeOut,
    limits=(Limit("facade", 600, 3600),),
)
def get_public_workspace(call: Call, workspace: str) -> Answer:  # noqa: ARG001
    return Answer(settings.facade(call.tx, call.actor))
