"""The default words of each kind of mail, as a desk would write them: what an own text begins with. Pure."""

import re
from collections.abc import Mapping
from html import escape
from typing import Final

from chalicelib.notifications.mail_kinds import ACKNOWLEDGED, Kind
from chalicelib.notifications.rendering import OWN_SUBJECTS, languages
from chalicelib.notifications.texts import OwnText

# What sentences of languages/*.toml name, as texts do.
NAMES: Final[Mapping[str, str]] = {
    "actor": "actor.name",
    "due": "sla.due",
    "into": "merged.into_label",
    "label": "ticket.label",
    "left_days": "reminder.left_days",
    "metric": "sla.metric",
    "percent": "sla.percent",
    "requester": "requester.name",
    "score": "rating.score",
    "subject": "ticket.subject",
    "team": "team.name",
    "workspace": "workspace.name",
}
_NAMED = re.compile(r"\{(\w+)\}")
_TEXT = """\
{{ greeting }}

%s
{%% if quoted.text %%}

{{ quoted.by }}

{{ quoted.text|quote }}
{%% endif %%}

{%% for fact in facts %%}
{{ fact.name }}: {{ fact.value }}
{%% endfor %%}
"""
_HTML = """\
<p>{{ greeting }}</p>
<p>%s</p>
{%% if quoted.text %%}
<p style="margin-bottom:4px">{{ quoted.by }}</p>
<blockquote style="margin:0 0 16px;padding:1px 16px;border-left:3px solid #8b8d98">
{{ quoted.html }}
</blockquote>
{%% endif %%}
<table role="presentation" style="border-collapse:collapse">
{%% for fact in facts %%}
<tr>
<td style="padding:2px 16px 2px 0;color:#60646c;vertical-align:top">{{ fact.name }}</td>
<td style="padding:2px 0">{{ fact.value }}</td>
</tr>
{%% endfor %%}
</table>
"""
_QUOTED = re.compile(r"^\{% if quoted.*?^\{% endif %\}\n", re.DOTALL | re.MULTILINE)


def default(kind: Kind, language: str) -> OwnText:
    """The texts that say what the default mail of a kind says."""
    words = languages()[language]
    subject = "acknowledgement" if kind.name == ACKNOWLEDGED else "default"
    if kind.occasion in OWN_SUBJECTS:
        subject = str(kind.occasion)
    lead = words["leads"][f"{kind.occasion}.{kind.part}"]
    text, html = _TEXT % _filled(lead), _HTML % _filled(escape(lead, quote=False))
    if "quoted.text" not in kind.offers:
        text, html = _QUOTED.sub("", text), _QUOTED.sub("", html)
    return OwnText(kind.name, language, _filled(words["subjects"][subject]), text, html)


def _filled(sentence: str) -> str:
    return _NAMED.sub(lambda found: f"{{{{ {NAMES[found.group(1)]} }}}}", sentence)
