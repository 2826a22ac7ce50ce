"""Mutants of what may be known: which tickets, which comments and entries, whose idempotency keys."""

from tests.mutants.mutant import Mutant, declared

ORGANISATIONS = "tests/tickets/test_organisations.py"

TICKETS = declared(
    "visibility", "chalicelib/tickets/visibility.py",
    "tests/tickets/test_hidden_tickets.py tests/tickets/test_listing.py tests/tickets/test_commenting.py tests/tickets/test_verbs.py "
    + ORGANISATIONS,
    ("deleted tickets", 'EVERYTHING = "t.deleted_at IS NULL"', 'EVERYTHING = "true"'),
    ("other teams' tickets", 'OF_TEAMS = "t.team_id = ANY(CAST(:own_teams AS uuid[]))"', 'OF_TEAMS = "true"'),
    ("other customers' tickets", 'ASKED = "t.requester_id = :actor_id"', 'ASKED = "true"'),
    ("in a list of somebody's", 'ASKED: "requester" in asked', 'ASKED: "requester" in conditions'),
    ("in a list of an assignee's", 'ASSIGNED: "assignee" in asked', 'ASSIGNED: "assignee" in conditions'),
    ("in a list of an organisation", 'OF_ORGANISATION: "organisation" in asked', 'OF_ORGANISATION: "organisation" in conditions'),
    ("in a list of a team", 'OF_TEAMS: conditions.get("team") in actor.team_ids', 'OF_TEAMS: "team" in conditions'),
    ("whatever anybody watches", "WHERE w.workspace_id = :workspace_id AND w.user_id = :actor_id))", "WHERE w.workspace_id = :workspace_id))"),
    ("other organisations' tickets", 'OF_ORGANISATION = "t.organisation_id = :own_organisation"', 'OF_ORGANISATION = "true"'),
    ("a workspace's setting", 'actor.workspace.agent_visibility == "all"', 'actor.workspace.agent_visibility != "none"'),
) + declared(
    "visibility", "chalicelib/tickets/listing.py", "tests/tickets/test_listing.py",
    ("in a list", "return Sight(EVERYTHING, reasons), values", "return Sight(EVERYTHING), values"),
) + declared(
    "visibility", "chalicelib/tickets/queries.py", "tests/tickets/test_verbs.py tests/tickets/test_listing.py",
    ("in a verb", 'condition, values = ("t.deleted_at IS NOT NULL", {}) if deleted else visible_to(actor)',
     'condition, values = ("t.deleted_at IS NOT NULL" if deleted else "t.deleted_at IS NULL"), {}'),
)  # fmt: skip

TALK = (
    "tests/tickets/test_commenting.py tests/tickets/test_between_colleagues.py tests/tickets/test_revising.py"
)

CONVERSATIONS = declared(
    "visibility", "chalicelib/tickets/conversation.py", TALK,
    ("internal comments", "(:internal OR (c.visibility = 'public' AND c.deleted_at IS NULL))", "true"),
) + [
    Mutant("visibility", "internal entries", "chalicelib/tickets/conversation.py", "(:internal OR NOT e.internal)", "true",
           tuple(f"{TALK} tests/tickets/test_watching.py tests/sla".split()), nth, 2)
    for nth in (1, 2)
]  # fmt: skip

FILES = declared(
    "visibility", "chalicelib/tickets/attachment_queries.py", "tests/api/test_attachments.py",
    ("another ticket's file", "SELECT CAST(:ticket_id AS uuid)\n", "SELECT f.ticket_id\n"),
    ("a file that is only announced", "    AND (f.state = 'uploaded' OR f.uploaded_by = :caller OR f.api_key_id = :caller)\n", ""),
    ("files of internal notes, in a list", " AND c.deleted_at IS NULL AND (:internal OR c.visibility = 'public')))", " AND c.deleted_at IS NULL))"),
)  # fmt: skip

OWN = declared(
    "own", "chalicelib/tickets/draft.py", "tests/tickets/test_updating.py tests/tickets/test_verbs.py",
    ("a stale version", "if expected is not None and ticket.version not in expected:", "if False:"),
) + declared(
    "own", "chalicelib/tickets/standing.py", "tests/tickets/test_updating.py tests/tickets/test_verbs.py",
    ("who asked for it", "self.actor.id is not None and self.requester_id == self.actor.id", "True"),
    ("who works on it", "self.actor.id is not None and self.assignee_id == self.actor.id", "True"),
    ("the window", "return finished is not None and self.actor.now <= finished + window", "return True"),
    ("of an own team", " and self.team_id in self.actor.team_ids", ""),
) + declared(
    "own", "chalicelib/tickets/assigning.py", "tests/tickets/test_rights_of_agents.py tests/tickets/test_verbs.py",
    ("whose it is", "    if not (standing.is_assignee or claims):", "    if False:"),
    ("into another team", 'if team_id is not None and team_id != draft.get("team_id") and team_id not in actor.team_ids:', "if False:"),
) + declared(
    "own", "chalicelib/core/idempotency.py", "tests/api/test_idempotency.py tests/api/test_strangers.py",
    ("the principal of a key", '            "principal": self.principal,\n', '            "principal": "anybody",\n'),
    ("the path of a key", '            "path": self.path,\n', '            "path": "/",\n'),
)  # fmt: skip

MACROS = declared(
    "visibility", "chalicelib/tickets/macro_queries.py", "tests/tickets/test_macros.py",
    ("somebody else's own macros", '"""(m.owner_id = :actor_id OR', '"""(m.owner_id <> :actor_id OR m.owner_id = :actor_id OR'),
    ("other teams' macros", "AND l.team_id = ANY(CAST(:own_teams AS uuid[]))", "AND (true OR l.team_id = ANY(CAST(:own_teams AS uuid[])))"),
    ("macros that are not in use", "(:manages OR (m.active AND (", "(:manages OR (m.active IS NOT NULL AND ("),
) + declared(
    "own", "chalicelib/tickets/macros.py", "tests/tickets/test_macros.py",
    ("shared macros of others", '    if macro["shared"]:\n        _require_shared_right(actor)\n', ""),
) + declared(
    "visibility", "chalicelib/tickets/placeholders.py", "tests/tickets/test_placeholders.py",
    ("what a customer wrote as Markdown", "_MEANT.sub(r\"\\\\\\g<0>\", text)", "text"),
    ("a customer's name behind an @", "if _BEHIND_AT.search(before) and name not in MENTIONABLE:", "if False:"),
) + declared(
    "visibility", "chalicelib/tickets/timeline.py", "tests/tickets/test_macros.py tests/tickets/test_acting.py",
    ("by which macro it was done", '"macro", ', ""),
) + declared(
    "visibility", "chalicelib/tickets/timeline.py", "tests/tickets/test_escalating.py",
    ("by which escalation it was done", '"escalation", ', ""),
)  # fmt: skip

VIEWS = declared(
    "visibility", "chalicelib/tickets/saved_view_queries.py", "tests/tickets/test_views.py",
    ("somebody else's own views", "    v.owner_id = CAST(:user_id AS uuid) OR (", "    v.owner_id IS NOT NULL OR ("),
    ("other teams' views", "v.team_ids && CAST(:team_ids AS uuid[])", "v.team_ids IS NOT NULL"),
    ("views that are not in use", "        v.active AND (v.team_ids", "        v.active IS NOT NULL AND (v.team_ids"),
) + declared(
    "own", "chalicelib/tickets/saving_views.py", "tests/tickets/test_views.py",
    ("shared views of others", '    if view["shared"]:\n        _require_manager(actor)\n', ""),
    ("the order of shared views", "    if True in touched:\n        _require_manager(actor)\n", "    if True in touched:\n"),
    ("whose a view will be", "    if shared:\n        _require_manager(actor)\n        return None\n", "    if shared:\n        return None\n"),
) + declared(
    "visibility", "chalicelib/tickets/listing.py", "tests/tickets/test_counting.py",
    ("in a count", """    return Sight(f"{EVERYTHING} AND ({' OR '.join(reasons)})" if reasons else EVERYTHING), values""", "    return Sight(EVERYTHING), {}"),
)  # fmt: skip

FIGURES = declared(
    "visibility", "chalicelib/analytics/attainment.py", "tests/api/test_analytics_sla.py",
    ("other teams' figures", 'filters = {**filters, "team": filters.get("team") or sorted(actor.team_ids)}', "pass"),
    ("another team's, asked for", 'if not actor.team_ids.issuperset(filters.get("team", ())):', "if False:"),
) + declared(
    "visibility", "chalicelib/analytics/target_queries.py", "tests/analytics/test_tracing.py",
    ("behind a figure", "visible, values = visible_to(actor)", 'visible, values = "t.deleted_at IS NULL", dict[str, Any]()'),
)  # fmt: skip

ALL: list[Mutant] = [*TICKETS, *CONVERSATIONS, *FILES, *OWN, *MACROS, *VIEWS, *FIGURES]
