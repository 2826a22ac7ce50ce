"""A new workspace and its first admin, signed in at once."""

from typing import Any

from chalicelib.accounts import principals, queries, sessions, settings, users
from chalicelib.accounts.adding import audited, tell
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.passwords import check_new_password, hash_password
from chalicelib.accounts.permissions import Role
from chalicelib.accounts.slugs import slug_from
from chalicelib.core.db import Transaction
from chalicelib.models.words import UserStatus


def register(
    tx: Transaction, keys: Keyring, workspace_name: str, email: str, password: str, name: str | None
) -> dict[str, Any]:
    """`{workspace, user, …tokens}`. The email is normalised; without a name the admin is called by it.

    Raises ValidationFailed for a password that may not be chosen.
    """
    name = name or email.partition("@")[0]
    slug = slug_from(workspace_name)
    check_new_password(password, (email, name, workspace_name, slug), field="admin_password")
    stored = hash_password(password, keys.pepper, keys.bcrypt_cost, email)
    made = queries.make_workspace(tx, slug, workspace_name)
    facts = {
        **dict.fromkeys((*users.FACTS, "organisation_id")),
        "workspace_id": made.workspace_id,
        "email": email,
        "name": name,
        "role": Role.ADMIN,
        "status": UserStatus.ACTIVE,
        "password_hash": stored,
    }
    admin = queries.add_user(tx, facts, (), default_team=True)
    actor = principals.enter(tx, made.workspace_id, admin.id)
    named = {"name": workspace_name, "slug": made.slug}
    audit(tx, actor, "workspace.registered", ("workspace", made.workspace_id), after=named)
    audit(tx, actor, "user.created", ("user", admin.id), after=audited(users.shape(admin)))
    # Until the mail is answered the admin works all the same: who makes a workspace is not kept waiting.
    tell(tx, actor, "user.email_verification_requested", users.shape(admin))
    return {"workspace": settings.get(tx, actor), **sessions.begin(tx, keys, actor)}
