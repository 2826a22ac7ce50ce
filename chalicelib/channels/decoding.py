"""Bytes of any charset to text that can be kept, and encoded words in headers (RFC 2047). Pure.

Charsets are looked up in an own table: Python's registry has codecs that are no charsets, some of them slow,
and remembers every name that it was ever asked.
"""

import re
import unicodedata
from binascii import Error, a2b_base64, a2b_qp

# What mail says, letters and digits only, and the codec that reads it: the superset where there is one, as
# browsers do (WHATWG Encoding Standard, §4.2).
_CODECS = {
    **{name: name.replace("utf", "utf_") for name in ("utf8", "utf7", "utf16", "utf32")},
    **{f"utf{bits}{end}": f"utf_{bits}_{end}" for bits in (16, 32) for end in ("le", "be")},
    **{f"{prefix}125{n}": f"cp125{n}" for prefix in ("windows", "win", "cp", "xcp") for n in range(9)},
    **{f"iso8859{n}": f"iso8859_{n}" for n in range(2, 17) if n != 12},
    **{f"{prefix}{n}": f"cp{n}" for prefix in ("cp", "ibm") for n in (437, 850, 852, 858, 860, 865, 866)},
    **dict.fromkeys(("iso88591", "latin1", "l1", "iso885911987", "ansi"), "cp1252"),
    **dict.fromkeys(("iso88599", "latin5"), "cp1254"),
    **dict.fromkeys(("iso885911", "tis620", "windows874", "cp874"), "cp874"),
    **dict.fromkeys(("iso88598i", "iso88598e", "logical"), "iso8859_8"),
    **dict.fromkeys(("iso88596i", "iso88596e"), "iso8859_6"),
    **dict.fromkeys(("latin2", "l2"), "iso8859_2"),
    **dict.fromkeys(("latin9", "iso885915fdis"), "iso8859_15"),
    **dict.fromkeys(("gb2312", "gbk", "xgbk", "gb18030", "cp936", "euccn", "gb231280", "chinese"), "gb18030"),
    **dict.fromkeys(("hz", "hzgb2312"), "hz"),
    **dict.fromkeys(("big5", "cp950", "xxbig5", "cnbig5"), "cp950"),
    **dict.fromkeys(("big5hkscs",), "big5hkscs"),
    **dict.fromkeys(("eucjp", "xeucjp"), "euc_jp"),
    **dict.fromkeys(("shiftjis", "sjis", "xsjis", "windows31j", "cp932", "ms932", "mskanji"), "cp932"),
    **dict.fromkeys(("iso2022jp", "csiso2022jp", "iso2022jpms", "cp50220", "cp50221"), "iso2022_jp_ext"),
    **{f"iso2022jp{n}": f"iso2022_jp_{n}" for n in (1, 2, 3)},
    "iso2022kr": "iso2022_kr",
    **dict.fromkeys(("euckr", "ksc5601", "ksc56011987", "cp949", "uhc", "windows949", "korean"), "cp949"),
    **dict.fromkeys(("koi8r", "koi8"), "koi8_r"),
    **dict.fromkeys(("koi8u", "koi8ru"), "koi8_u"),
    **dict.fromkeys(("macintosh", "mac", "macroman", "xmacroman"), "mac_roman"),
    "xmaccyrillic": "mac_cyrillic",
}
MAX_OF_WINDOWS = 262_144
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
# C0 and C1 but tab and line feed, marks of byte order, and what is no character at all.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?|[\u0085\u2028\u2029]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
_SPACE = re.compile(r"\s+")
_ESCAPED = re.compile(rb"(\x1b(?:\$[@B]|\([BIJ]))")
# What turns the direction of all that follows: a name could show itself as another one.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# The bounds keep this linear: base64 has no question mark, and what is quoted has few.
_WORD = re.compile(
    r"=\?([^?\s]{1,60})\?(?:([Bb])\?([^?]*)|([Qq])\?([^?]*(?:\?(?!=)[^?]*){0,8}))\?=", re.DOTALL
)
_NOT_BASE64 = bytes(
    sorted(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
)


def text_of(raw: bytes, charset: str = "") -> str:
    """The text in these bytes: by its charset with replacement, by its looks where that is unknown."""
    codec = _CODECS.get(_NO_LETTER.sub("", charset[:60].lower()))
    if codec is None or (codec.startswith(("utf_16", "utf_32")) and b"\0" not in raw[:2000]):
        return lines(_guessed(raw))
    text = raw.decode(codec, "replace")
    if codec == "iso2022_jp_ext" and "\ufffd" in text and len(raw) <= MAX_OF_WINDOWS:
        text = _of_windows(raw)
    return lines(text)


def lines(text: str) -> str:
    """Text as it may be kept: lines end with a line feed; no NUL, no control signs, no half surrogates."""
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", _LINE_END.sub("\n", text))


def line(text: str, limit: int = 1000) -> str:
    """The same in one line, at most so many signs of it: what stands in a header, and can break none."""
    return _SPACE.sub(" ", _TURNING.sub("", lines(text))).strip()[:limit].rstrip()


def is_seen(text: str) -> bool:
    """Whether there is anything in it that a reader sees: no spaces, no signs without width."""
    return any(unicodedata.category(sign) not in _UNSEEN for sign in text)


def words(text: str) -> str:
    """A header's text with its encoded words decoded; what is broken stays as it is."""
    found: list[str] = []
    pending, charset, position = b"", "", 0
    for match in _WORD.finditer(text):
        gap = text[position : match.start()]
        own, position = match[1].partition("*")[0], match.end()
        if charset and (gap.strip() or own.lower() != charset.lower()):
            found.append(text_of(pending, charset))
            pending = b""
        if gap.strip() or not charset:
            found.append(gap)
        charset = own
        pending += base64(match[3].encode()) if match[2] else a2b_qp(match[5].encode(), header=True)
    return "".join((*found, text_of(pending, charset), text[position:]))


def base64(raw: bytes | memoryview) -> bytes:
    """What these signs stand for, whatever else stands between them and wherever they break off."""
    try:
        return a2b_base64(raw)
    except Error:
        signs = bytes(raw).partition(b"=")[0].translate(None, _NOT_BASE64)
        signs = signs[: len(signs) - 1] if len(signs) % 4 == 1 else signs
        return a2b_base64(signs + b"=" * (-len(signs) % 4))


def _of_windows(raw: bytes) -> str:
    """ISO-2022-JP as Windows writes it, with signs of its own such as ① and ㈱: its pairs moved to where
    Shift JIS has them (RFC 1468; JIS X 0208, appendix 1)."""
    found = [_ESCAPED.split(raw)[0].decode("ascii", "replace")]
    for escape, piece in zip(*[iter(_ESCAPED.split(raw)[1:])] * 2, strict=True):
        if escape[1:2] != b"$":
            shift = 0x80 if escape == b"\x1b(I" else 0
            found.append(bytes(sign | shift for sign in piece).decode("cp932", "replace"))
            continue
        pairs = bytearray()
        for high, low in zip(piece[::2], piece[1::2], strict=False):
            if not (0x21 <= high <= 0x7E and 0x21 <= low <= 0x7E):
                pairs += b"\xff"
                continue
            low += (0x1F if low < 0x60 else 0x20) if high % 2 else 0x7E
            high = (high - 0x21 >> 1) + 0x81
            pairs += bytes((high if high < 0xA0 else high + 0x40, low))
        found.append(pairs.decode("cp932", "replace"))
    return "".join(found)


def _guessed(raw: bytes) -> str:
    if b"\x1b$" in raw:
        return raw.decode("iso2022_jp_ext", "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
