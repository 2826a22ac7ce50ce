-- Counts one more hit of a bucket in its fixed window and answers what is left. The bucket is a digest: no address is kept.
CREATE OR REPLACE FUNCTION fn_throttle(p_bucket text, p_limit integer, p_window_seconds integer)
RETURNS TABLE (allowed boolean, remaining integer, reset_seconds integer)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    INSERT INTO public.rate_limits AS r (bucket, window_ends_at, hits)
    VALUES (p_bucket, now() + make_interval(secs => p_window_seconds), 1)
    ON CONFLICT (bucket) DO UPDATE SET
        hits = CASE WHEN r.window_ends_at <= now() THEN 1 ELSE least(r.hits, 1000000) + 1 END,
        window_ends_at = CASE WHEN r.window_ends_at <= now() THEN excluded.window_ends_at ELSE r.window_ends_at END
    RETURNING r.hits <= p_limit, greatest(p_limit - r.hits, 0),
              greatest(ceil(extract(epoch FROM r.window_ends_at - now())), 1)::integer
$$;
ALTER FUNCTION fn_throttle(text, integer, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_throttle(text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_throttle(text, integer, integer) TO mesa_app;

-- What is left of a bucket, without counting.
CREATE OR REPLACE FUNCTION fn_throttle_left(p_bucket text, p_limit integer)
RETURNS TABLE (allowed boolean, remaining integer, reset_seconds integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT r.hits < p_limit, greatest(p_limit - r.hits, 0),
           greatest(ceil(extract(epoch FROM r.window_ends_at - now())), 1)::integer
    FROM public.rate_limits r WHERE r.bucket = p_bucket AND r.window_ends_at > now()
$$;
ALTER FUNCTION fn_throttle_left(text, integer) OWNER TO mesa_definer;
REVOKE ALL ON FUNCTION fn_throttle_left(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fn_throttle_left(text, integer) TO mesa_app;
