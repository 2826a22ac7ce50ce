-- Verifies at most p_limit entries of a workspace's chain from p_from on, in one snapshot, and names the first that is broken:
--   deleted   the entry of this sequence is not there; a later one is
--   moved     the entry does not continue the one before it: it stood elsewhere, or that one was changed and hashed anew
--   edited    the entry does not have the hash of what it says
--   added     the entry lies beyond the head
--   cut       the entry of this sequence is not there, nor any after it, though the head or the anchor knows it
--   rewritten the entry is sound in itself, but the head or the anchor knew another in its place
-- The anchor lies outside the database. What concerns the end is judged once the end is reached (`next_sequence` is null).
CREATE OR REPLACE FUNCTION fn_audit_verify(
    p_workspace uuid, p_from bigint, p_limit integer, p_anchor_sequence bigint, p_anchor_hash bytea
)
RETURNS TABLE (
    checked bigint, next_sequence bigint, head_sequence bigint, head_hash bytea,
    broken_sequence bigint, broken_id uuid, reason text
)
LANGUAGE sql STABLE
AS $$
    WITH head AS (
        SELECT coalesce(h.sequence, 0) AS sequence, h.hash
        FROM (VALUES (1)) AS always LEFT JOIN audit_heads h ON h.workspace_id = p_workspace
    ), before AS (
        SELECT e.hash FROM audit_log e WHERE e.workspace_id = p_workspace AND e.sequence = p_from - 1
        UNION ALL SELECT fn_audit_origin(p_workspace) WHERE p_from = 1
    ), part AS MATERIALIZED (
        SELECT e AS whole, e.* FROM audit_log e WHERE e.workspace_id = p_workspace AND e.sequence >= p_from
        ORDER BY e.sequence LIMIT p_limit
    ), entry AS (
        SELECT p.*, p_from + row_number() OVER w - 1 AS expected,
               coalesce(lag(p.hash) OVER w, (SELECT b.hash FROM before b)) AS continues
        FROM part p WINDOW w AS (ORDER BY p.sequence)
    ), judged AS (
        SELECT e.id, e.sequence, e.hash, e.expected,
               CASE
                   WHEN e.sequence <> e.expected THEN 'deleted'
                   WHEN e.previous IS DISTINCT FROM e.continues THEN 'moved'
                   WHEN e.hash <> fn_audit_hash(e.whole)
                     OR e.salt IS NOT NULL AND e.digest <> sha256(e.salt || fn_audit_particulars(e.whole))
                     OR e.salt IS NULL AND num_nonnulls(e.address, e.before, e.after) > 0 THEN 'edited'
                   WHEN e.sequence > head.sequence THEN 'added'
                   WHEN e.sequence = head.sequence AND e.hash <> head.hash
                     OR e.sequence = p_anchor_sequence AND e.hash <> p_anchor_hash THEN 'rewritten'
               END AS fault
        FROM entry e, head
    ), reached AS (
        SELECT count(*) AS checked, coalesce(max(j.sequence), p_from - 1) AS last, count(*) < p_limit AS at_end FROM judged j
    ), fault AS (
        SELECT CASE j.fault WHEN 'deleted' THEN j.expected ELSE j.sequence END AS sequence,
               CASE j.fault WHEN 'deleted' THEN NULL ELSE j.id END AS id, j.fault AS reason
        FROM judged j WHERE j.fault IS NOT NULL
        UNION ALL
        SELECT r.last + 1, NULL, 'cut' FROM reached r, head
        WHERE r.at_end AND r.last < greatest(head.sequence, p_anchor_sequence)
        ORDER BY 1 LIMIT 1
    )
    SELECT r.checked, CASE WHEN NOT r.at_end THEN r.last + 1 END, head.sequence, head.hash, f.sequence, f.id, f.reason
    FROM head, reached r LEFT JOIN fault f ON true
$$;
