-- The mailbox that every workspace has from its beginning.
CREATE OR REPLACE FUNCTION fn_default_mailbox() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO mailboxes (workspace_id, name, is_default) VALUES (NEW.id, NEW.name, true);
    RETURN NULL;
END $$;

-- The mailboxes that a mail's recipients name, whichever workspace they are in. An address of the deployment's own domain, such
-- as acme@mail.example, is the default mailbox of the workspace with that slug; what is kept with a mailbox wins over it.
CREATE OR REPLACE FUNCTION fn_find_mailboxes(p_addresses text[], p_domain text)
RETURNS TABLE (address text, workspace_id uuid, mailbox_id uuid, enabled boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT m.address, m.workspace_id, m.id, m.enabled FROM public.mailboxes m WHERE m.address = ANY(p_addresses)
    UNION ALL
    SELECT given.address, m.workspace_id, m.id, m.enabled
    FROM unnest(p_addresses) AS given(address)
    JOIN public.workspaces w ON w.slug = split_part(given.address, '@', 1)
    JOIN public.mailboxes m ON m.workspace_id = w.id AND m.is_default
    WHERE p_domain <> '' AND split_part(given.address, '@', 2) = p_domain
      AND NOT EXISTS (SELECT FROM public.mailboxes other WHERE other.address = given.address)
$$;
ALTER FUNCTION fn_find_mailboxes(text[], text) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_find_mailboxes(text[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_find_mailboxes(text[], text) TO mesa_app;

-- Whether no mailbox of any workspace has the address. Whoever wants the same one waits until this transaction has ended.
CREATE OR REPLACE FUNCTION fn_mailbox_address_is_free(p_address text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('mailbox ' || p_address, 0));
    RETURN NOT EXISTS (SELECT FROM public.mailboxes m WHERE m.address = p_address);
END $$;
ALTER FUNCTION fn_mailbox_address_is_free(text) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_mailbox_address_is_free(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_mailbox_address_is_free(text) TO mesa_app;

-- A mail's object goes after its row, whichever way the row went; see fn_discard_file.sql.
CREATE OR REPLACE FUNCTION fn_discard_mail() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    -- One object may have come to several mailboxes of the workspace.
    IF NOT EXISTS (SELECT FROM public.inbound_messages m
                   WHERE m.workspace_id = OLD.workspace_id AND m.object_key = OLD.object_key) THEN
        INSERT INTO public.discarded_files (workspace_id, id, object_key)
        VALUES (OLD.workspace_id, OLD.id, OLD.object_key) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION fn_discard_mail() OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_discard_mail() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_discard_mail() TO mesa_app;
