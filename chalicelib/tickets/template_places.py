"""Where in a text placeholders stand. Pure: outside of the words of a paragraph Markdown reads what fills
them as it is. Code shows our escapes, and where a link leads must not be a customer's to say."""

import re

from chalicelib.tickets import markdown
from chalicelib.tickets.placeholders import SAFE_ANYWHERE, Placeholder, Template, literal

# Stands for any value. As an address it makes a link where a word makes none.
MARK = re.compile(r"zq(\d+)qz")


def misplaced(template: Template) -> str | None:
    """The name of one that stands in code or in a link's address, where only what the desk itself says may;
    None where none does."""
    asks = [part.name for part in template.parts if isinstance(part, Placeholder)]
    if SAFE_ANYWHERE.issuperset(asks):
        return None
    for form in ("{}", literal("https://{}.example")):
        hidden = " ".join(markdown.hidden_texts(_marked(template, form)))
        if found := MARK.search(hidden):
            part = template.parts[int(found.group(1))]
            return part.name if isinstance(part, Placeholder) else None
    return None


def _marked(template: Template, form: str) -> str:
    told = []
    for place, part in enumerate(template.parts):
        if isinstance(part, str):
            told.append(part)
        else:
            told.append("x" if part.name in SAFE_ANYWHERE else form.format(f"zq{place}qz"))
    return "".join(told)
