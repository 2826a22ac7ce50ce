-- Whoever changes a comment's text without rendering it, as erasing a person does, leaves none of the old words in its HTML.
CREATE OR REPLACE FUNCTION fn_forget_html() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW.body_html IS NOT DISTINCT FROM OLD.body_html THEN
        NEW.body_html := NULL;
    END IF;
    RETURN NEW;
END $$;
