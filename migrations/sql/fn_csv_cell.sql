-- A text as a cell of a CSV file (RFC 4180): in quotes, those in it doubled; null stays null. What a spreadsheet would take for a
-- formula is given an apostrophe before it (OWASP, "CSV Injection"): what begins with = + - @ or what looks like them, however much
-- that cannot be seen stands before, and what begins with a tab or a line break. chalicelib/core/spreadsheets.py says the same.
CREATE OR REPLACE FUNCTION fn_csv_cell(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT '"' || replace(CASE
        -- A letter or a digit, as most begin.
        WHEN ascii(p_text) BETWEEN 65 AND 90 OR ascii(p_text) BETWEEN 97 AND 122 OR ascii(p_text) BETWEEN 48 AND 57 THEN p_text
        WHEN p_text ~ ('^(?:[\t\r\n]|[\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180e'
                       '\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]*'
                       '[-=+@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20])') THEN '''' || p_text
        ELSE p_text END, '"', '""') || '"'
$$;
