"""Text of `format=flowed` with its lines put together again (RFC 3676). Pure."""


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """The text with soft line breaks taken out; quotes keep their depth, a signature's dashes stand alone."""
    joined: list[list[str]] = []
    before = -1  # the depth of a line that goes on, -1 after one that does not
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        kept = content[:-1] if flows and delete_space else content
        if depth == before and content != "-- ":
            joined[-1].append(kept)
        else:
            joined.append([f"{'>' * depth}{' ' if depth else ''}", kept])
        before = depth if flows else -1
    lines = ("".join(pieces) for pieces in joined)
    return "\n".join(line if line.endswith("-- ") else line.rstrip(" ") for line in lines)
