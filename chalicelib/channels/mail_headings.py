"""How mail programs head what they quote or forward: line by line, in several languages. Pure.

Each pattern is anchored at a line of bounded length, so a text takes the time of its length.
"""

import re
from collections.abc import Sequence

MAX_LINE = 300

_FROM = (
    *("from", "de", "von", "da", "van", "från", "fra", "od", "от", "kimden", "lähettäjä"),
    *("差出人", "发件人", "寄件者", "보낸 사람"),
)
_OTHERS = (
    *("sent", "date", "to", "cc", "bcc", "subject", "reply-to", "importance", "priority", "attachments"),
    *(
        "enviado",
        "enviado el",
        "enviados",
        "fecha",
        "para",
        "asunto",
        "responder a",
        "importancia",
        "datos adjuntos",
    ),
    *("gesendet", "datum", "an", "betreff", "antwort an", "wichtigkeit", "priorität", "kopie"),
    *("envoyé", "envoyé le", "date d'envoi", "à", "objet", "répondre à", "pièces jointes"),
    *("sujet", "pour", "copie à"),
    *("inviato", "data", "a", "oggetto", "enviada em", "enviado em", "assunto", "com cópia"),
    *("verzonden", "aan", "onderwerp", "skickat", "till", "ämne", "sendt", "til", "emne"),
    *("wysłane", "do", "dw", "temat", "odesláno", "komu", "předmět", "отправлено", "кому", "копия", "тема"),
    *("gönderildi", "kime", "konu", "lähetetty", "vastaanottaja", "aihe"),
    *("送信日時", "日時", "宛先", "件名", "发送时间", "收件人", "主题", "抄送"),
    *("寄件日期", "收件者", "主旨", "보낸 날짜", "받는 사람", "제목"),
)
_SUBJECTS = frozenset(
    (
        *(
            "subject",
            "asunto",
            "betreff",
            "objet",
            "sujet",
            "oggetto",
            "assunto",
            "onderwerp",
            "ämne",
            "emne",
        ),
        *("temat", "předmět", "тема", "konu", "aihe", "件名", "主题", "主旨", "제목"),
    )
)
_HEADING = re.compile(
    rf"[>\s*]{{0,40}}(?:(?P<from>{'|'.join(_FROM)})|(?P<other>{'|'.join(map(re.escape, _OTHERS))}))"
    r"\s?\*{0,2}\s?[:：]\*{0,2}\s*(?P<value>.*)",
    re.IGNORECASE,
)
_FORWARDED = (
    *("forwarded message", "mensaje reenviado", "weitergeleitete nachricht", "message transféré"),
    *(
        "message transmis",
        "mail transféré",
        "messaggio inoltrato",
        "mensagem encaminhada",
        "doorgestuurd bericht",
    ),
)
_FORWARD_BEGINS = (
    *("begin forwarded message", "inicio del mensaje reenviado", "anfang der weitergeleiteten nachricht"),
    *("début du message réexpédié", "début du message transféré", "inizio messaggio inoltrato"),
    *("início da mensagem reencaminhada", "begin doorgestuurd bericht"),
)
_ORIGINALS = (
    *("original message", "mensaje original", "ursprüngliche nachricht", "originalnachricht"),
    *("message d'origine", "message d’origine", "messaggio originale", "mensagem original"),
    *("oorspronkelijk bericht", "original appointment", "mail original", "ursprüngliche mail"),
)
_FORWARD = re.compile(
    rf"-{{2,}}\s?(?:{'|'.join(_FORWARDED)})\s?-{{2,}}|(?:{'|'.join(_FORWARD_BEGINS)})\s?:?", re.IGNORECASE
)
_ORIGINAL = re.compile(rf"[-‐]{{2,}}\s?(?:{'|'.join(_ORIGINALS)})\s?[-‐]{{2,}}", re.IGNORECASE)
_RULE = re.compile(r"\s*[_-]{20,}\s*|\s*-{3}\s*|\s*-{3,}\s?\w.{0,60}\w\s?-{3,}\s*")
# How many lines a block of headings may take, blank and folded ones among them.
BLOCK = 16


def unquoted(line: str) -> str:
    """A line without the signs of its quotes, as far as it is looked at."""
    return line[:MAX_LINE].lstrip("> \t").strip()


def is_quoted(line: str) -> bool:
    return line.startswith(">")


def is_forward(line: str) -> bool:
    """`---------- Forwarded message ---------` and its like. Apple Mail quotes it with what follows."""
    return _FORWARD.fullmatch(line[:MAX_LINE].removeprefix("> ").strip(" *\t")) is not None


def is_original(line: str) -> bool:
    """`-----Original Message-----`, which stands above answers and forwards."""
    return _ORIGINAL.fullmatch(unquoted(line).strip("* ")) is not None


def is_rule(line: str) -> bool:
    """A line drawn across, as Outlook does above what it quotes."""
    return _RULE.fullmatch(line[:MAX_LINE]) is not None


def block(lines: Sequence[str], place: int) -> tuple[int, dict[str, str]]:
    """The headings from this line on: behind which line they end, and the values of `from` and `subject`.

    (0, {}) where it is none: there must be a From with an address and two others, or three others.
    """
    found: dict[str, str] = {}
    others, end, last = 0, 0, ""
    for index in range(place, min(place + BLOCK, len(lines))):
        line = lines[index][: 4 * MAX_LINE]
        match = _HEADING.fullmatch(line)
        if match is None:
            bare = line.lstrip("> \t").strip()
            folded = last and (line[:1] in (" ", "\t") or found[last].endswith(","))
            if index == place or (bare and not folded) or (not bare and others >= 2 and "from" in found):
                break
            if bare:
                found[last] = f"{found[last]} {bare}"
                end = index + 1
            last = last if bare else ""
            continue
        last = "from" if match["from"] else _meaning(match["other"])
        others += last != "from"
        found.setdefault(last, match["value"].strip())
        end = index + 1
    enough = others >= 3 or (others == 2 and "@" in found.get("from", ""))
    return (end, found) if enough and "from" in found else (0, {})


def _meaning(name: str) -> str:
    return "subject" if name.lower() in _SUBJECTS else name.lower()
