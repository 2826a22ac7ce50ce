"""Names of files as they may be shown, kept and sent on: one segment, nothing invisible, fit for any system
to save. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

MAX_BYTES = 255
NAMELESS = "file"

# Controls, format signs (zero width, bidirectional overrides), halves of surrogates, line and paragraph ends.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_FORBIDDEN = re.compile(r'[<>:"|?*]')
# Microsoft, "Naming Files, Paths, and Namespaces": whatever follows the first dot.
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
# What a double click runs.
_EXECUTABLE = frozenset(
    (
        *(
            "apk",
            "app",
            "appx",
            "bat",
            "chm",
            "cmd",
            "com",
            "cpl",
            "dll",
            "exe",
            "hta",
            "inf",
            "jar",
            "jnlp",
            "jse",
        ),
        *(
            "lnk",
            "msc",
            "msi",
            "msix",
            "msp",
            "mst",
            "pif",
            "ps1",
            "psm1",
            "reg",
            "scf",
            "scr",
            "sct",
            "sys",
            "url",
        ),
        *("vb", "vbe", "vbs", "vxd", "wsc", "wsf", "wsh", "xll"),
    )
)
# RFC 8187, attr-char: what stands for itself in a parameter of a header field.
_ATTR_CHARS = "!#$&+-.^_`|~"


@dataclass(frozen=True)
class NewFile:
    """What is to be sent: `content_type` as `type/subtype`, `size` in bytes."""

    file_name: str
    content_type: str
    size: int


def clean(name: str) -> str:
    """The name without folders and without what cannot be seen or saved, at most 255 bytes of UTF-8."""
    seen = "".join(sign for sign in name if unicodedata.category(sign) not in _UNSEEN or sign in "\t\n\r")
    text = unicodedata.normalize("NFC", seen).replace("\\", "/")  # of what stands side by side by now
    last = [part for part in (_trimmed(part) for part in text.split("/")) if part]
    return _safe(_FORBIDDEN.sub("_", last[-1])) if last else NAMELESS


def is_executable(name: str) -> bool:
    """Whether a cleaned name says that it is a program."""
    stem, dot, extension = name.rpartition(".")
    return bool(stem and dot) and extension.casefold() in _EXECUTABLE


def content_disposition(name: str) -> str:
    """`attachment` with the name, once in ASCII and once as it is (RFC 6266, appendix D; RFC 8187)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = _trimmed(re.sub(r'[%"\\]', "_", plain)) or NAMELESS
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"


def _trimmed(text: str) -> str:
    """Without space or dots around it: Windows drops those at the end, others hide what begins with one."""
    return " ".join(text.split()).strip(". ")


def _safe(name: str) -> str:
    """Not a device's name, and not too long: what is cut is the middle, the extension stays."""
    if _RESERVED.fullmatch(name.partition(".")[0].rstrip()):
        name = f"_{name}"
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > 20:
        stem, dot, extension = name, "", ""
    room = MAX_BYTES - len((dot + extension).encode())
    return _trimmed(stem.encode()[:room].decode("utf-8", "ignore")) + dot + extension
