-- A field of a ticket and one value of it, `[key, value]`, as they are looked for: equal values have equal digests, however a
-- number is written. A digest is short whatever the text, can be compared under row-level security, and holds no word of anybody.
CREATE OR REPLACE FUNCTION fn_field_digest(p_pair jsonb) RETURNS bytea
LANGUAGE sql IMMUTABLE
AS $$
    SELECT sha256(convert_to(CASE
        WHEN jsonb_typeof(p_pair -> 1) = 'number' THEN jsonb_build_array(p_pair -> 0, trim_scale((p_pair ->> 1)::numeric))
        ELSE p_pair END::text, 'UTF8'))
$$;

-- The values of a ticket's custom fields, a row each, a list's one by one. What a desk declares later is found too, so all are
-- kept, but for what lies deeper; a thousand a ticket are more than any desk can declare.
CREATE OR REPLACE FUNCTION fn_keep_field_values() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM public.ticket_field_values v WHERE v.workspace_id = NEW.workspace_id AND v.ticket_id = NEW.id;
    END IF;
    INSERT INTO public.ticket_field_values (workspace_id, digest, ticket_id)
    SELECT DISTINCT NEW.workspace_id, public.fn_field_digest(jsonb_build_array(v.key, v.value)), NEW.id
    FROM (
        SELECT f.key, v.value
        FROM jsonb_each(NEW.custom_fields) f
        CROSS JOIN LATERAL jsonb_array_elements(
            CASE jsonb_typeof(f.value) WHEN 'array' THEN f.value ELSE jsonb_build_array(f.value) END) v
        WHERE jsonb_typeof(v.value) IN ('string', 'number', 'boolean')
        LIMIT 1000
    ) AS v;
    RETURN NULL;
END $$;
