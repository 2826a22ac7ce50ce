"""A workspace that signs in with a provider: set up, and the way there and back."""

from typing import Any

from chalicelib.accounts import oidc_calls
from tests.support.api import Api, Reply
from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.forged_provider import BACK, CLIENT, SECRET, Provider

PATH = "/v1/workspace/oidc"


class OidcDesk:
    """Acme and its provider. `set_up` first."""

    def __init__(self, api: Api, cast: Cast, database: Database, provider: Provider) -> None:
        self.api, self.cast, self.database, self.provider = api, cast, database, provider
        oidc_calls.forget_keys()

    def set_up(self, who: Person | None = None, **settings: Any) -> Reply:
        body = {"issuer": self.provider.issuer, "client_id": CLIENT, "redirect_uris": [BACK], **settings}
        reply = self.change(who, **body)
        assert reply.status == 200, reply.text
        return reply

    def change(self, who: Person | None = None, **settings: Any) -> Reply:
        return self.api.with_token((who or self.cast.ada).token).patch(PATH, settings)

    def start(self, workspace: str = "acme", **more: Any) -> Reply:
        return self.api.post("/v1/auth/oidc/start", {"workspace": workspace, **more})

    def went_there(self, workspace: str = "acme") -> dict[str, str]:
        """Starts and signs in at the provider: what the client has to finish with."""
        started = self.start(workspace)
        assert started.status == 200, started.text
        back = self.provider.authorize(started.json["authorization_url"])
        return {**back, "binding": started.json["binding"]}

    def finish(self, body: dict[str, Any]) -> Reply:
        return self.api.post("/v1/auth/oidc/finish", body)

    def sign_in(self, workspace: str = "acme", **person: Any) -> Reply:
        """All of it, as somebody with these claims."""
        self.provider.person |= person
        return self.finish(self.went_there(workspace))

    def reason(self) -> str | None:
        """Why the last sign-in failed, as the audit log has it."""
        rows = self.database.rows(
            "SELECT after FROM audit_log WHERE action = 'sign_in.failed' ORDER BY id DESC LIMIT 1"
        )
        return rows[0]["after"]["reason"] if rows else None

    def actions(self) -> list[str]:
        """What the audit log has of this, oldest first."""
        return [row["action"] for row in self.database.rows("SELECT action FROM audit_log ORDER BY id")]

    def user(self, email: str) -> dict[str, Any]:
        (row,) = self.database.rows(
            "SELECT * FROM users WHERE workspace_id = :w AND email = :e", w=self.cast.acme, e=email
        )
        return row


__all__ = ["BACK", "CLIENT", "PATH", "SECRET", "OidcDesk"]
