"""What mails about accounts say: subject, text and HTML, in the workspace's language.

The token stands in the link behind a `#`, so that no server and no log ever sees it, and by itself in the
text, for those who call the API by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chalicelib.accounts.actor import Workspace
from chalicelib.accounts.one_time_tokens import Issued
from chalicelib.notifications.facts import PLAIN, Brand
from chalicelib.notifications.rendering import DEFAULT_LANGUAGE, Rendered, environment, languages, plain

PRODUCT = "Mesa"
# Where the page of each is, and which call takes the token.
PAGES: Mapping[str, tuple[str, str]] = {
    "invited": ("/app/invitation", "POST /v1/invitations/accept"),
    "password_reset_requested": ("/app/reset", "POST /v1/auth/password/reset"),
    "registered": ("/app/verify-email", "POST /v1/auth/verify-email"),
    "signed_up": ("/app/verify-email", "POST /v1/auth/verify-email"),
}


@dataclass(frozen=True)
class Letter:
    """What there is to tell: `kind` of which account, by whom, and the token of the mail where it has one."""

    kind: str
    workspace: Workspace
    name: str
    email: str
    actor: str
    issued: Issued | None
    brand: Brand = PLAIN

    @property
    def is_unproven(self) -> bool:
        """Whether a stranger could have us send this to anybody: then it repeats nothing that was written."""
        return self.kind in ("registered", "signed_up")


@dataclass(frozen=True)
class Words(Rendered):
    """A mail's words, and in whose name it goes out."""

    sender: str


def write(letter: Letter, public_url: str) -> Words:
    """The mail. Who registers names a workspace at will, so that mail comes in the product's own name and
    looks."""
    workspace = letter.workspace
    code = workspace.language if workspace.language in languages() else DEFAULT_LANGUAGE
    words = languages()[code]
    sender = PRODUCT if letter.kind == "registered" else workspace.name
    phrases = words["phrases"]
    values = {
        "workspace": sender,
        "actor": letter.actor or phrases["desk"],
        "until": _until(letter),
        "call": PAGES.get(letter.kind, ("", ""))[1],
    }
    greeting = "greeting_unknown" if letter.is_unproven or not letter.name.strip() else "greeting"
    subject = words["account_subjects"][letter.kind].format_map(values)
    told = {
        "language": code,
        "subject": subject,
        "greeting": phrases[greeting].format(name=letter.name.strip()),
        "lead": words["account_leads"][letter.kind].format_map(values),
        "link": _link(letter, public_url),
        "link_text": words["account_links"].get(letter.kind, ""),
        "token": letter.issued.token if letter.issued else "",
        "token_text": words["account_phrases"]["token"].format_map(values),
        "until": words["account_phrases"]["until"].format_map(values),
        "otherwise": words["account_otherwise"][letter.kind].format_map(values),
        "footer": words["account_phrases"]["footer"].format_map(values),
        "workspace": sender,
        "brand": _brand(letter),
    }
    text, html = (environment().get_template(f"account.{kind}").render(told) for kind in ("txt", "html"))
    return Words(subject, text, html, code, sender)


def _link(letter: Letter, public_url: str) -> str:
    if letter.issued is None:
        return ""
    return f"{public_url.rstrip('/')}{PAGES[letter.kind][0]}#token={letter.issued.token}"


def _brand(letter: Letter) -> Brand:
    if letter.kind == "registered":
        return PLAIN
    return plain(letter.brand) if letter.is_unproven else letter.brand


def _until(letter: Letter) -> str:
    """The minute that the token ends, in the workspace's zone."""
    if letter.issued is None:
        return ""
    zone = letter.workspace.timezone
    return f"{letter.issued.expires_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
