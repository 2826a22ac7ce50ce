"""Findings that are rightful, and why: what JSON Schema cannot say of a request, or what schemathesis expects
and the contract does not. An entry that never fires in a long run is told as stale."""

import re
from dataclasses import dataclass

POSITIVE, NEGATIVE = "positive_data_acceptance", "negative_data_rejection"


@dataclass(frozen=True)
class Excuse:
    """`said` is searched in what a refusal names, field by field, each of which needs an excuse; of other
    findings in what is found. `operations` are ids, none for any."""

    why: str
    said: str
    check: str = POSITIVE
    operations: frozenset[str] = frozenset()


def of(*names: str) -> frozenset[str]:
    return frozenset(names)


EXCUSES = (
    # What a text, a number or a time may be beyond its type.
    Excuse(
        "what is a space is told by Unicode here, and by ECMAScript in a pattern",
        r"^([\w.]+\.)?tags\.\d+: String should match pattern |^scopes: Scopes are words without spaces",
    ),
    Excuse("numbers are such that PostgreSQL has them", r": This number is too large\.$"),
    Excuse("PostgreSQL stores no NUL, and so no text holds one", r": NUL characters cannot be stored\.$"),
    Excuse(
        "JSON Schema takes 7.0 for an integer, strict types do not", r": Input should be a valid integer\.$"
    ),
    Excuse(
        "the same, where an object would do as well as an integer",
        r"^targets\.\w+: This must be a JSON object\.$",
        operations=of("make_sla_policy", "change_sla_policy"),
    ),
    Excuse(
        "texts lose the space around them, and of some nothing is left",
        r": (String should have at least \d+ char|The (subject|text|HTML) comes out empty)",
    ),
    Excuse(
        "times are of years in which there can be something",
        r": (This is no year |There is no such (time|date)|This day (does not exist|is still to come)"
        r"|No year has this day|An API key lives two years at most|This must be in the future"
        r"|Input should be (greater|less) than or equal to \d+-\d+-\d+)",
    ),
    Excuse(
        "a password is none that an attacker tries first or that others know, and is measured normalised",
        r"password: (This password is among |The password (is your|holds) |Choose a password of )",
    ),
    Excuse(
        "addresses, domains and zones are such that there can be one",
        r": (This is no email address|This email address is too long|This is no domain |These are domains "
        r"|Anybody can have a mailbox|A domain stands for itself|This is no (URL|host|address|time zone)"
        r"|This needs a host|Only https|Use https|Use an address|This is no IANA |Leave out the \+ )",
    ),
    Excuse(
        "words of a claim are of one line, and a pattern of keys would leave others to any value",
        r"^role_mapping\..*: Line breaks and control characters are not allowed here\.$",
        operations=of("change_oidc_provider"),
    ),
    Excuse("public holidays are known of some countries", r"(country|region): No (public holidays|region)"),
    # What says the same twice, or goes with something else.
    Excuse(
        "two fields exclude each other, or one of several must be there",
        r": (Send (either this or |at least one of|a code, or|a cursor or an offset)|Give either "
        r"|Say (which tickets: by|for whom by|how many|which claim)|Name (one of|the category) "
        r"|A holiday (has|is) either |Only comments and timelines take|A rule that runs by the clock )",
    ),
    Excuse(
        "a field goes with what another says",
        r": (Only a (shared view|CSV file|file has a name)|Only (shared macros|the keys of agents|customers) "
        r"|Only (staff|select and multi_select) |Say what there is to |Say of which country "
        r"|Say which column |What customers fill in|How it was resolved |The last reminder would "
        r"|The period ends |A holiday cannot end|Together these are |Nobody is there whom `me` could mean"
        r"|The transfer says already who )",
    ),
    Excuse(
        "nothing is named twice, done twice, or overlaps",
        r": (One is named twice|A rule is named twice|Name each day once|.{1,80} is there twice"
        r"|This window overlaps|Write one public reply and one |`\*` stands for all events, and alone)",
    ),
    Excuse(
        "a word that is named twice counts once",
        r"^metric: Value should have at most 10 items ",
        operations=of("show_insight_series"),
    ),
    Excuse("a secret is base64 of so many bytes", r"^secret: A secret is `whsec_` followed by base64 "),
    Excuse(
        "figures are kept by one fact at a time",
        r": (Figures are kept by one fact |Hours are counted of all tickets together)",
    ),
    Excuse(
        "a calendar has working time, and no window of it begins where a day ends",
        r"^weekly[\w.]*: (The calendar has no working time|No window begins at 24:00)",
    ),
    Excuse("a date's format has a day, a month and a year", r"date_format: Use a format of strptime "),
    # What a desk has, or what its words are.
    Excuse(
        "fields, columns, verbs and placeholders are those that there are",
        r": (There is no (such |column )|There are no events |.{0,80} is no verb\.|This must be actions "
        r"|Use (types such as|one of|key:value)|This filter is of |Nothing is relevant |This names nothing"
        r"|.{1,80} cannot stand in code)",
    ),
    Excuse("an API key is no person", r": (An API key is no person|Say (for whom|who): an API key )"),
    Excuse(
        "words of others mean words of ours",
        r"^mapping\.(\w+\.)?(values\..*|default): (This must be one of |A call gives )",
        operations=of("make_import", "make_integration", "change_integration"),
    ),
    Excuse("a ticket comes to every status but the first again", r": No ticket becomes new again\.$"),
    Excuse("the same key with another body is a mistake of the caller's", r"^IDEMPOTENCY_KEY_REUSED: "),
    Excuse("a cursor is one that a list gave, and belongs to its filter", r"^(cursor|after): "),
    Excuse(
        "a form is judged once it is sent, in sentences for people",
        r"^[\w-]+: ",
        operations=of("send_form", "unsubscribe"),
    ),
    Excuse(
        "who calls is told by us, whatever of it was left out",
        r"header: violates `required` \(was Authorization\)",
        NEGATIVE,
    ),
    Excuse(
        "to look an account up any text will do: whether it could be an address is nobody's business",
        r"email",
        NEGATIVE,
        of("forgot_password", "login"),
    ),
)


def excuses_for(check: str, operation: str, said: list[str]) -> list[str]:
    """The reasons that together excuse a finding of a check, none where something of it has none."""
    known = [
        each for each in EXCUSES if each.check == check and operation in (each.operations or {operation})
    ]
    found = [
        next((each.why for each in known if re.search(each.said, text, re.DOTALL)), None) for text in said
    ]
    return [why for why in found if why] if all(found) else []
