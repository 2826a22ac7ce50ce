"""Bytes of any charset become text that can be kept; encoded words are read, well written or not."""

import pytest

from chalicelib.channels import decoding
from tests.support.for_each import for_each


@for_each(
    "text, charset, codec",
    [
        ("Señor", "ISO-8859-1", "latin-1"),
        ("“quoted” – €", "iso-8859-1", "cp1252"),  # what calls itself Latin 1 is Windows
        ("“quoted” – €", '"Windows-1252"', "cp1252"),
        ("Grüße", "utf8", "utf-8"),
        ("Grüße", "UTF-8", "utf-8"),
        ("żółw", "iso-8859-2", "iso8859_2"),
        ("Привет", "koi8-r", "koi8_r"),
        ("Привет", "windows-1251", "cp1251"),
        ("日本語ｶﾅ", "ISO-2022-JP", "iso2022_jp_ext"),
        ("日本語①", "Shift_JIS", "cp932"),
        ("日本語", "EUC-JP", "euc_jp"),
        ("中文", "gb2312", "gb18030"),
        ("中文", "big5", "cp950"),
        ("한국어", "ks_c_5601-1987", "cp949"),
        ("Grüße", "utf-16", "utf-16"),
        ("Grüße", "unknown-8bit", "utf-8"),
        ("Grüße", "x-nonsense", "cp1252"),
        ("Grüße", "", "cp1252"),
        ("日本語", "us-ascii", "iso2022_jp"),
        ("plain", "utf-16", "ascii"),  # says so and is not
    ],
)
def test_text_is_read_by_its_charset_or_by_its_looks(text: str, charset: str, codec: str) -> None:
    assert decoding.text_of(text.encode(codec), charset) == text


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "hex", "base64", "rot13", "unicode_escape", "undefined"]
)
def test_codecs_that_are_no_charsets_are_not_asked(charset: str) -> None:
    assert decoding.text_of(b"68690a-\\u0041", charset) == "68690a-\\u0041"


def test_what_cannot_be_decoded_is_replaced() -> None:
    assert decoding.text_of(b"a\xffb", "utf-8") == "a\ufffdb"
    assert decoding.text_of(b"\x1b$B\xff\xff\x1b(Bok", "iso-2022-jp").endswith("ok")


def test_japanese_of_windows_is_read_in_its_own_signs() -> None:
    raw = b"No. \x1b$B-!F|K\\8l\x1b(B and \x1b$B-j\x1b(J \x1b(I1\x1b(B."
    assert decoding.text_of(raw, "iso-2022-jp") == "No. ①日本語 and ㈱ ｱ."
    assert decoding.text_of(b"\x1b$B-!\xff\xff\x1b(Bok", "iso-2022-jp").endswith("ok")


def test_text_has_no_nul_no_control_and_one_kind_of_line_end() -> None:
    assert decoding.lines("\ufeffa\0b\r\nc\rd\x0be\u2028f\tg\x85h") == "ab\nc\nde\nf\tg\nh"


def test_half_surrogates_are_replaced_and_whole_ones_joined() -> None:
    assert decoding.lines("a\ud800b") == "a\ufffdb"
    assert decoding.lines("\ud83d\ude00") == "😀"
    assert decoding.text_of(b"+2AA-", "utf-7") == "\ufffd"


def test_a_line_is_one_line_and_turns_nobody_around() -> None:
    assert decoding.line(" a\r\n\tb\u2029c \u202egpj.exe") == "a b c gpj.exe"
    assert decoding.line("abc def", 4) == "abc"


@for_each(
    "written, read",
    [
        ("plain", "plain"),
        ("=?utf-8?q?Caf=C3=A9_au_lait?=", "Café au lait"),
        ("=?UTF-8?B?Q2Fmw6k=?=", "Café"),
        ("=?utf-8?b?Q2Fmw6k?=", "Café"),  # without its padding
        ("=?utf-8*es?q?Se=C3=B1or?=", "Señor"),
        ("a =?utf-8?q?b?= =?utf-8?q?c?= d", "a bc d"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?b?w4?= =?utf-8?b?k=?=", "�"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),  # a letter cut in two
        ("=?utf-8?q?=C3=A9?= =?iso-8859-1?q?=E9?=", "éé"),
        ("x=?utf-8?q?=C3=A9?=y", "xéy"),
        ("=?utf-8?q?raw spaces and what?!?=", "raw spaces and what?!"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?never ends", "=?utf-8?q?never ends"),
        ("=?utf-8?q??=", ""),
        ("=?iso-2022-jp?B?GyRCRnxLXDhsGyhC?=", "日本語"),
    ],
)
def test_encoded_words_are_read(written: str, read: str) -> None:
    assert decoding.words(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"SGVsbG8=", b"Hello"),
        (b"SGVs\r\nbG8=\r\n", b"Hello"),
        (b"SGVsbG8", b"Hello"),
        (b"SGVs!!bG8=", b"Hello"),
        (b"SGVsb", b"Hel"),
        (b"SGVsbG8=\r\n--\r\nA list's footer", b"Hello"),
        (b"", b""),
        (b"=", b""),
    ],
)
def test_base64_is_read_as_far_as_it_goes(written: bytes, read: bytes) -> None:
    assert decoding.base64(written) == read
