"""The words of tickets in texts that the desk writes are those of its mails."""

from chalicelib.models.words import Priority, Status, TicketType
from chalicelib.notifications.rendering import languages
from chalicelib.tickets.ticket_words import WORDS, in_language


def test_they_are_the_words_of_the_mails_in_every_language() -> None:
    mails = {
        code: {**words["status"], **words["priority"], **words["type"]} for code, words in languages().items()
    }

    assert {code: {str(word): told for word, told in words.items()} for code, words in WORDS.items()} == mails


def test_there_is_one_for_each_value() -> None:
    for words in WORDS.values():
        assert set(words) == {*Status, *Priority, *TicketType}


def test_a_language_that_is_not_spoken_yet_is_english() -> None:
    assert in_language(Status.ON_HOLD, "xx") == "on hold"
    assert in_language(Status.ON_HOLD, "es") == "en pausa"
