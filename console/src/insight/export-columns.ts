/** What files may have, called as the header of the file calls it; an object has a column for each of its parts. */

import type { Resource } from "./export-address";

export const COLUMNS: Record<Resource, readonly string[]> = {
  tickets: ["id", "number", "label", "subject", "description", "type", "priority", "status", "category", "subcategory", "requester", "organisation", "assignee", "team", "tags", "custom_fields", "source", "source_ip", "version", "created_at", "updated_at", "resolved_at", "closed_at", "archived_at", "merged_into", "sla_minutes", "due_at", "hours_remaining", "breached", "sla"],
  comments: ["id", "ticket_id", "ticket_label", "visibility", "author", "body", "source", "created_at", "edited_at", "deleted_at", "deleted_by", "mentions", "attachments"],
  timeline: ["id", "ticket_id", "ticket_label", "sequence", "action", "actor", "changes", "meta", "created_at"],
  users: ["id", "name", "email", "role", "status", "teams", "organisation", "document_id", "phone", "has_whatsapp", "company", "away", "away_since", "email_verified_at", "email_problem", "two_step_enabled", "created_at", "updated_at", "deactivated_at"],
};
