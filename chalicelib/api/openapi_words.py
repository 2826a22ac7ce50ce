"""The sentences and the parts of the OpenAPI document that are the same for every route."""

from typing import Any

DESCRIPTION = """\
A multi-tenant helpdesk: tickets with their life, comments, service-level promises, teams and people.

- **Access**: private endpoints take `Authorization: Bearer <access token or API key>`; `POST /v1/auth/login`
  gives an access token, `POST /v1/api-keys` a key. A key without the scope `write` may call GET alone, one
  without `read` all but GET.
- **Times** are RFC 3339 in UTC with `Z`, ids are UUIDs, bodies are JSON of at most 1 MB.
- **Lists** answer `items` with `next_cursor` and `next_offset`, null at the end. Go on with `cursor`, or with
  `offset` up to 10,000.
- **Versions**: a ticket's `ETag` is its version. `PATCH` needs `If-Match`; verbs honour it where it is sent.
- **Repeats**: a `POST` with an `Idempotency-Key` is done once; the same key and body get the same answer
  for 48 hours.
- **Errors** are `application/problem+json` (RFC 9457) with a `code` for programs, a sentence for people and
  the fields at fault. What a caller may not know of is 404, what its role may not do is 403.
"""
# In the order in which the document tells them.
TAGS = {
    "Sign-in": "Make a workspace, sign in, stay signed in, say who you are, change or recover a password.",
    "Two-step sign-in": "A code of an authenticator app (TOTP, RFC 6238) beside the password, or a recovery "
    "code. `POST /v1/auth/login` then answers a challenge. The workspace's setting `two_step_required_of` "
    "makes its staff set it up before they can do anything else.",
    "Tickets": "Open, list, show, change and delete tickets.",
    "Ticket verbs": "What is done with a ticket. Each answers the whole ticket; one that its status does not "
    "allow is 409 `ILLEGAL_TRANSITION`, with the verbs allowed now.",
    "Comments and timeline": "What was said on a ticket, and what happened to it.",
    "Attachments": "Files of a ticket or of a comment. They go straight to the bucket and come straight "
    "from it; only what is `clean` can be fetched.",
    "Links": "Which tickets have to do with each other: what relates to, duplicates or blocks another, "
    "parents and their children, follow-ups and splits.",
    "Console": "The pages of the desk for people, at `/app`: they use this API and nothing else.",
    "SLA": "What is promised on a ticket, and how it is counted.",
    "Analytics": "How the desk does, in figures of days in the workspace's time zone; docs/insight.md has "
    "the formula of each. Agents see those of their own teams.",
    "Exports": "Rows taken out as CSV or JSON Lines, by a job: as many as there are. "
    "`GET /v1/jobs/{job_id}` has the link to the file. docs/insight.md says what is in it.",
    "Time entries": "The minutes that the staff spent on a ticket, in all and by person.",
    "Ratings": "How the requester found the help, from 1 to 5, with a word about it: one for each time that "
    "the work on a ticket ended. They are asked by mail, with a link that needs no account; its token is in "
    "the fragment of the page's address and in bodies, never in a path or a query. Staff sees the ratings "
    "of the tickets that it sees, customers their own.",
    "Tags": "The staff's own words on tickets: lower case, no spaces or commas. `PATCH` of a ticket says "
    "all of them, these routes one by one.",
    "Watchers": "Who hears of a ticket without asking for it or working on it.",
    "Notifications": "Which mails about tickets one gets: all, until one says otherwise. Mails about one's "
    "account always come. What was mailed is listed, with what became of it.",
    "Calendars": "The hours in which promises are counted: time zone, weekly hours, holidays by hand, by "
    "country and region, or from an iCalendar file. Who changes one has its open targets counted "
    "anew, by a job.",
    "SLA policies": "Which tickets get which promises, in business minutes of a calendar: the first enabled "
    "one that matches, in order. A metric that is absent is not promised.",
    "Integrations": "Webhooks in: other systems post tickets, signed as Standard Webhooks 1.0 has it. A "
    "mapping says where in their JSON the facts of a ticket stand; an `external_id` that came before is the "
    "same ticket. Alerts of Alertmanager and Grafana open one ticket a group and resolve it.",
    "Workspace": "The tenant and its settings.",
    "Categories": "What tickets are sorted by. A ticket's `category` and `subcategory` are texts, in the "
    "declared spelling where they name one; a ticket without a team goes to its category's. The workspace's "
    "setting `categories_only` refuses all others. Reclassifying moves no ticket to another team.",
    "Custom fields": "Fields of tickets that a desk declares. Until it declares one, `custom_fields` take "
    "any JSON; then they are checked by type, lists filter by `custom_field=key:value`, and customers see "
    "and set those that are theirs.",
    "Views": "Saved filters of tickets, own or shared with the staff or with teams. Each holds what whoever "
    "looks may see, and `me` is who looks. Counts stop at 10,000 (`count_is_exact` is false then), and are "
    "null where counting would take too long.",
    "Macros": "What a desk does again and again, as a list of actions that is done to a ticket at once, as "
    "one new version, with the rights of whoever applies it. Texts of comments take placeholders such as "
    "`{{requester.first_name}}`; docs/macros.md lists all of them and all actions.",
    "Rules": "What the desk does by itself: when something happens, or some time has passed, if the ticket "
    "is so, then do this. They run one after the other, each once an event, in the background. What a rule "
    "does may set off others, three in a row, and none of them twice.",
    "Imports": "Tickets of other desks, taken in from a file with their history: announce it, send it, start "
    "it, follow it. What was taken once is not taken again; docs/importing.md tells what becomes of what.",
    "Webhooks": "Where events go: each is posted, signed as Standard Webhooks 1.0 has it, at least once, and "
    "again for up to 75 hours where it does not come through. docs/webhooks.md lists the events and shows "
    "how to verify one.",
    "Events": "Everything that happens at the desk, in order and without a gap, for whoever asks what is "
    "new: a console, or a copy in another system. docs/events.md has the contract.",
    "Mail": "Where the desk takes mail: each mailbox with the team, type and priority of its tickets. A "
    "reply becomes a comment where its sender may say something on the ticket; docs/mail.md tells who may.",
    "Mail templates": "What mails say, in a desk's own words: one text a kind of mail and language, in place "
    "of the default one. Jinja in a sandbox, checked before it is kept; docs/mail-templates.md tells what it "
    "takes. The frame of a mail (logo, links that it must have, why it came) is not part of it.",
    "People": "The users of the workspace: staff and customers.",
    "Personal data": "Give a person all that the workspace holds about them, or erase them. The job or the "
    "receipt says how far it is.",
    "Jobs": "Work in the background: how far it is, what became of each thing that it does, and the file "
    "that it made. Follow one by asking for it until its `status` is `done`, `failed` or `cancelled`.",
    "Teams": "Groups of staff that resolve tickets.",
    "Organisations": "Customers that belong together, by hand or by the domain of their email. They may see "
    "each other's tickets; whom a domain brought in must have proved the mailbox before.",
    "API keys": "What lets programs in: with a role, scopes and an end, revoked at once. What a key does is "
    "told under its name; it requests nothing for itself, so its tickets need a `requester_id`.",
    "Audit log": "Who did what, from where, before and after; nobody can change it unseen.",
    "Public": "For people without an account: open a ticket, ask for its status by label and email, sign up.",
    "Health": "Whether the desk is up.",
    "Documentation": "This document, and pages that show it.",
}
SENTENCES = {
    400: "The body cannot be read: not JSON, NaN, nested too deep.",
    401: "The token is missing, expired or of no use, or the credentials are wrong.",
    403: "The role may not call this, or not do this to what it sees.",
    404: "There is no such thing, or none that the caller may know of.",
    409: "The state of things forbids it.",
    410: "It was there and will not come back.",
    412: "Somebody has changed it since: If-Match names an older version. Read it again.",
    413: "The body is larger than 1 MB.",
    415: "The body is of another media type than the route takes.",
    422: "The request can be read but not obeyed; `errors` names the fields.",
    428: "If-Match is missing.",
    429: "Too many requests; Retry-After says in how many seconds to come back.",
    500: "A defect on our side; tell us the request id.",
    503: "The desk is busy or out of reach; Retry-After says in how many seconds to come back.",
}


def _header(
    description: str, schema: dict[str, Any], example: Any, *, required: bool = True
) -> dict[str, Any]:
    return {"description": description, "required": required, "schema": schema, "example": example}


HEADERS = {
    "X-Request-Id": _header("Names this request in our logs.", {"type": "string"}, "c2f0…"),
    "ETag": _header("The version.", {"type": "string", "pattern": '^"[0-9]+"$'}, '"7"'),
    "Location": _header(
        "Where the new thing is.", {"type": "string"}, "/api/v1/tickets/0198…", required=False
    ),
    "Idempotency-Replayed": _header(
        "The answer was given before.", {"type": "string", "const": "true"}, "true", required=False
    ),
    "RateLimit-Limit": _header("Requests in the window.", {"type": "integer"}, 20),
    "RateLimit-Remaining": _header("Requests left in the window.", {"type": "integer"}, 19),
    "RateLimit-Reset": _header("Seconds until the window ends.", {"type": "integer"}, 60),
    "Retry-After": _header("Seconds to wait.", {"type": "integer", "minimum": 1}, 1),
    "WWW-Authenticate": _header("How to say who you are (RFC 6750).", {"type": "string"}, "Bearer"),
}
_VERSION = 'The version that you saw, as the ticket\'s ETag has it: `"7"`.'
# Without examples: pages that try the API out would fill them in, and the same key twice is a repeat.
PARAMETERS = {
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": f"{_VERSION} A stale one is refused with 412.",
        "schema": {"type": "string"},
    },
    "RequiredIfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": f"{_VERSION} Missing is 428, stale is 412.",
        "schema": {"type": "string"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Your own text, new for each request: the same key and body repeat the answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    },
}
