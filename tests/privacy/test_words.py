"""What of a person is looked for, and where, as PostgreSQL reads it."""

import pytest

from chalicelib.privacy.words import patterns
from tests.support.database import Database
from tests.support.for_each import for_each

EMAIL = ("email", "nadia.petit@people.example")
NAME = ("name", 'Nadia "Nat" Petit')
PHONE = ("phone", "+57 601 555-0199")
DOCUMENT = ("document_id", "CC 10.203-A")


def cleaned(
    database: Database, text: str, *facts: tuple[str, str], own: bool = False, shared: str = ""
) -> str:
    found = patterns(facts, {shared})
    return str(
        database.value(
            "SELECT fn_erase_text(:t, :e, CAST(:o AS text))",
            t=text,
            e=found["everywhere"],
            o=found["own"] if own else None,
        )
    )


@for_each(
    "text",
    [
        "nadia.petit@people.example",
        "NADIA.Petit@People.Example",
        "nadia.petit%40people.example",
        'nadia "nat" petit',
        'Nadia\n"Nat"   Petit',
        r"Nadia \"Nat\" Petit",
        "+57 601 555-0199",
        "+576015550199",
        "57 (601) 555 01 99",
        "cc 10.203-a",
    ],
)
def test_is_found_however_it_is_spelled(database: Database, text: str) -> None:
    assert cleaned(database, f"«{text}».", EMAIL, NAME, PHONE, DOCUMENT) == "«[erased]»."


@for_each(
    "text",
    [
        "xnadia.petit@people.example",
        "nadia.petit@people.example-two",
        "Nadia",
        "Petit",
        "1576015550199",
        "ACC 10.203-AB",
        "nadiaXpetit@people.example",
    ],
)
def test_what_is_somebody_elses_stays(database: Database, text: str) -> None:
    assert cleaned(database, text, EMAIL, NAME, PHONE, DOCUMENT) == text


def test_single_words_of_a_name_are_looked_for_in_what_is_the_persons_as_they_are_written(
    database: Database,
) -> None:
    text = "Will, I will call Smith and Smithers."

    assert cleaned(database, text, ("name", "Will Smith")) == text
    assert cleaned(database, text, ("name", "Will Smith"), own=True) == (
        "[erased], I will call [erased] and Smithers."
    )


@pytest.mark.parametrize(
    "fact", [("name", "Nadia Petit"), ("phone", "+57 601 555 0199"), ("document_id", "C-10203")]
)
def test_what_another_person_has_too_is_looked_for_in_what_is_the_persons_alone(
    database: Database, fact: tuple[str, str]
) -> None:
    text = f"Ask {fact[1]}."

    assert cleaned(database, text, fact, shared=fact[1].lower()) == text
    assert cleaned(database, text, fact, shared=fact[1].lower(), own=True) == "Ask [erased]."


@pytest.mark.parametrize(
    "fact", [("phone", "112"), ("document_id", "1234"), ("document_id", "unknown"), ("name", "Al B")]
)
def test_what_is_short_is_looked_for_in_what_is_the_persons_alone(
    database: Database, fact: tuple[str, str]
) -> None:
    assert cleaned(database, f"Ask {fact[1]}.", fact) == f"Ask {fact[1]}."


@for_each("name", [".*", "a|b c|d", "(x) [y]", r"\m \M", "%s {0} $1", "ñ é", "  "])
def test_a_name_is_no_expression(database: Database, name: str) -> None:
    assert cleaned(database, "All of this stays.", ("name", name), own=True) == "All of this stays."
    if len(name) > 5:
        assert cleaned(database, f"So {name}!", ("name", name)) == "So [erased]!"


def test_a_person_of_whom_nothing_is_known_is_found_nowhere(database: Database) -> None:
    assert cleaned(database, "All of this stays.", ("name", " "), ("phone", "")) == "All of this stays."


def test_a_text_never_outgrows_its_column(database: Database) -> None:
    text = ("é" * 10 + " Al Bee ") * 3200
    found = patterns([("name", "Al Bee")])
    grown = database.value("SELECT fn_erase_text(:t, :e, NULL)", t=text, e=found["everywhere"])
    subject = database.value(
        "SELECT fn_erase_text(:t, :e, NULL, 200)", t="Al Bee " * 28, e=found["everywhere"]
    )

    assert len(text.encode()) <= 3200 * 30
    assert len(grown.encode()) <= 65_536
    assert len(subject) == 200


@pytest.mark.parametrize("phone", ["2026-11-20", "20261120", "(2026) 11.20"])
def test_a_phone_that_reads_as_a_day_leaves_other_texts_their_days(database: Database, phone: str) -> None:
    text = '{"created_at": "2026-11-20T22:48:18Z"}'

    assert cleaned(database, text, ("phone", phone)) == text
    assert cleaned(database, f"Call {phone}.", ("phone", phone), own=True) == "Call [erased]."
