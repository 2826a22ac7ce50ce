"""Addresses in a header as RFC 5322 §3.4 writes them, and as people and programs do. Pure and linear."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from chalicelib.accounts import emails
from chalicelib.channels import decoding

MAX_ADDRESSES = 500
MAX_NAME = 200

_PLAIN = re.compile(r'[^",;:<()\\]+')
_PLAIN_LOCAL = re.compile(r"[^\s<>()\[\],;:@\\\"]+")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,320}@[^\s<>()\[\],;:\"]{1,255}")


# Space beside the sign, which RFC 5322 §4.4 still reads.
_AROUND = re.compile(r"\s{0,8}@\s{0,8}")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A valid address as accounts spell it, and the name beside it or an empty text."""

    address: str
    name: str


@dataclass(slots=True)
class _Reading:
    """What was read of one address so far."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str = ""
    addressed: bool = False

    def say(self, text: str) -> None:
        """Takes in words; with an `@` among them they are an address."""
        self.words.append(text)
        self.addressed = self.addressed or "@" in text

    def take(self, sign: str, text: str) -> None:
        """Takes in what one of `"<(` enclosed."""
        if sign == '"':
            self.say(text)
        elif sign == "(":
            self.comments.append(text)
        elif "@" in text or not self.angle:
            self.angle, self.addressed = text, True

    def mailbox(self) -> Mailbox | None:
        phrase = "".join(self.words)
        if self.angle:
            found, name = self.angle, phrase
        elif match := _ADDRESS.search(phrase := _AROUND.sub("@", phrase)):
            found, name = match[0], phrase[: match.start()] + phrase[match.end() :]
        else:
            return None
        found = re.sub(r"\s+", "", found).rpartition(":")[2]  # a route, or mailto:
        try:
            address = emails.address(found.strip("'"))
        except ValueError:
            return None
        shown = decoding.line(decoding.words(name), MAX_NAME).strip("'\", ")
        shown = shown or decoding.line(decoding.words(" ".join(self.comments)), MAX_NAME)
        return Mailbox(address, "" if shown.lower() == address else shown)


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Every valid address of a field, in order, each once. Groups are opened up; comments may be nested."""
    found: dict[str, Mailbox] = {}
    for reading in islice(_readings(value), 2 * MAX_ADDRESSES):
        mailbox = reading.mailbox()
        if mailbox and mailbox.address not in found:
            found[mailbox.address] = mailbox
        if len(found) >= MAX_ADDRESSES:
            break
    if not found and "=?" in value and (decoded := decoding.line(decoding.words(value), len(value))) != value:
        return mailboxes(decoded.replace("=?", ""))  # all of it was encoded, address and name alike
    return tuple(found.values())


def _readings(value: str) -> Iterator[_Reading]:
    reading, here = _Reading(), 0
    # Signs that turned out to be closed nowhere: from then on they stand for nothing.
    unclosed: set[str] = set()
    while here < len(value):
        sign = value[here]
        if plain := _PLAIN.match(value, here):
            reading.say(plain[0])
            here = plain.end()
            continue
        here += 1
        if sign in '"<(' and sign not in unclosed:
            closed = _comment(value, here) if sign == "(" else _enclosed(value, here, sign)
            if closed is None:
                unclosed.add(sign)
            else:
                text, here = closed
                # "j doe"@x.example is an address that nobody here has, not doe@x.example.
                is_local = sign == '"' and value.startswith("@", here) and not _PLAIN_LOCAL.fullmatch(text)
                reading.take(sign, text.replace("@", " ") + '"' if is_local else text)
        elif sign == "," and not reading.addressed:
            reading.say(sign)  # part of a name that should be in quotes
        elif sign in ",;":
            yield reading
            reading = _Reading()
        elif sign == ":" and not reading.addressed:
            reading.words.clear()  # the name of a group
        elif sign == ":":
            reading.say(sign)
    yield reading


def _enclosed(value: str, here: int, opened: str) -> tuple[str, int] | None:
    """The text up to the closing sign, escapes resolved, and what follows it; None where it is not closed."""
    end = '"' if opened == '"' else ">"
    text: list[str] = []
    while here < len(value) and value[here] != end:
        here += value[here] == "\\"
        text.append(value[here : here + 1])
        here += 1
    return ("".join(text), here + 1) if here < len(value) else None


def _comment(value: str, here: int) -> tuple[str, int] | None:
    depth = 1
    text: list[str] = []
    while here < len(value):
        sign = value[here]
        here += 1
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return "".join(text), here
        if sign not in "()\\":
            text.append(sign)
        here += sign == "\\"
    return None
