"""What mails say: in the workspace's language, to whom they speak, and nothing that could run or mislead."""

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.accounts.actor import Workspace
from chalicelib.accounts.permissions import STAFF, Role
from chalicelib.models.words import Metric, Priority, Source, Status, TicketType, values
from chalicelib.notifications.claiming import Claim
from chalicelib.notifications.facts import Brand, Facts, Question
from chalicelib.notifications.recipients import AUDIENCES, INTERNAL, Occasion, Part, Person, Recipient
from chalicelib.notifications.rendering import languages, render
from tests.support.for_each import for_each

FACTS = Facts(
    label="TKT-2026-00042",
    subject="No link on floor 3",
    description="The switch in rack 4 is dark.",
    status="open",
    priority="high",
    type="incident",
    source="api",
    requester_id=uuid4(),
    requester="Carol",
    team="Networks",
    actor="Ana",
    actor_role="agent",
    comment=None,
    visibility=None,
    author=None,
    due="2026-06-05 15:00 (America/Bogota)",
    later_actions=(),
)
PAIRS = [(occasion, audience.part) for occasion, found in AUDIENCES.items() for audience in found]


def claim_of(
    occasion: Occasion, language: str = "en", meta: dict[str, Any] | None = None, **facts: Any
) -> Claim:
    workspace = Workspace(uuid4(), "acme", "Acme", "America/Bogota", language, "teams", 7)
    return Claim(workspace, occasion, replace(FACTS, **facts), meta or {}, [])


def person_as(part: Part, role: Role | None = None, name: str = "Dana") -> Recipient:
    roles = {Part.REQUESTER: Role.CUSTOMER, Part.WATCHER: Role.CUSTOMER, Part.DISPATCHER: Role.DISPATCHER}
    role = role or roles.get(part, Role.AGENT)
    return Recipient(Person(uuid4(), name, "dana@x.example", role, frozenset({part})), part)


class TestLanguages:
    def test_there_are_english_and_spanish(self) -> None:
        assert set(languages()) == {"en", "es"}

    def test_every_language_says_the_same(self) -> None:
        keys = {
            language: {(section, key) for section, words in told.items() for key in words}
            for language, told in languages().items()
        }

        assert keys["en"] == keys["es"]

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_there_are_words_for_every_value(self, language: str) -> None:
        words = languages()[language]

        assert set(words["status"]) == set(values(Status))
        assert set(words["priority"]) == set(values(Priority))
        assert set(words["type"]) == set(values(TicketType))
        assert set(words["metric"]) == set(values(Metric))
        assert set(words["leads"]) == {f"{occasion}.{part}" for occasion, part in PAIRS}
        assert set(words["reasons"]) == {str(part) for _, part in PAIRS}

    @pytest.mark.parametrize("language", ["en", "es"])
    @for_each("occasion, part", PAIRS)
    def test_every_mail_can_be_written(self, language: str, occasion: Occasion, part: Part) -> None:
        meta = {"metric": "first_response", "percent": 90}

        rendered = render(claim_of(occasion, language, meta), person_as(part))

        assert rendered.language == language
        assert f'<html lang="{language}">' in rendered.html
        assert "TKT-2026-00042" in rendered.subject
        html = re.sub(r"<style>.*?</style>", "", rendered.html, count=1, flags=re.DOTALL)
        for text in (rendered.subject, rendered.text, html):
            assert not re.search(r"[{}]|None|\bnull\b", text)

    def test_an_unknown_language_is_english(self) -> None:
        rendered = render(claim_of(Occasion.CLOSED, "tlh"), person_as(Part.REQUESTER))

        assert rendered.language == "en"

    def test_speaks_spanish(self) -> None:
        rendered = render(claim_of(Occasion.ASSIGNED, "es"), person_as(Part.ASSIGNEE))

        assert "Ana le asignó este tiquete." in rendered.text
        assert "Prioridad: alta" in rendered.text
        assert "Hola, Dana:" in rendered.text


class TestWords:
    def test_a_breach_says_what_was_due_when(self) -> None:
        claim = claim_of(Occasion.SLA_BREACHED, meta={"metric": "first_response"})

        rendered = render(claim, person_as(Part.ASSIGNEE))

        assert rendered.subject == "[TKT-2026-00042] SLA breached: No link on floor 3"
        assert (
            "The first response of your ticket was due at 2026-06-05 15:00 (America/Bogota)" in rendered.text
        )

    def test_a_warning_says_how_much_time_is_used(self) -> None:
        claim = claim_of(Occasion.SLA_WARNED, meta={"metric": "resolution", "percent": 75})

        assert "75 % of the time for the resolution" in render(claim, person_as(Part.ASSIGNEE)).text

    def test_a_comment_is_quoted_with_its_author(self) -> None:
        claim = claim_of(Occasion.REPLIED, comment="Try again.\n\nAnd then?", author="Ana")

        text = render(claim, person_as(Part.REQUESTER)).text

        assert "Ana wrote:\n\n> Try again.\n>\n> And then?" in text

    def test_the_staff_reads_what_a_new_ticket_asks(self) -> None:
        assert (
            "> The switch in rack 4 is dark."
            in render(claim_of(Occasion.CREATED), person_as(Part.DISPATCHER)).text
        )

    @for_each("occasion", [o for o in Occasion if o not in INTERNAL])
    def test_a_customer_reads_neither_priority_nor_promise_nor_team(self, occasion: Occasion) -> None:
        parts = {audience.part for audience in AUDIENCES[occasion]} & {Part.REQUESTER, Part.WATCHER}
        for part in parts:
            rendered = render(claim_of(occasion), person_as(part, Role.CUSTOMER))

            for secret in ("high", "2026-06-05", "Networks"):
                assert secret not in rendered.text + rendered.html

    @pytest.mark.parametrize("role", sorted(STAFF))
    def test_the_staff_reads_them(self, role: Role) -> None:
        text = render(claim_of(Occasion.NOTED, comment="x", author="Ana"), person_as(Part.WATCHER, role)).text

        assert "Priority: high" in text
        assert "Due: 2026-06-05 15:00 (America/Bogota)" in text

    @pytest.mark.parametrize("language", ["en", "es"])
    @pytest.mark.parametrize("occasion", [Occasion.RESOLVED, Occasion.CLOSED, Occasion.RATING_DUE])
    def test_the_requester_is_asked_how_the_help_was_by_five_links(
        self, language: str, occasion: Occasion
    ) -> None:
        claim = replace(claim_of(occasion, language), question=Question("T" * 43, "2026-07-05"))

        rendered = render(claim, person_as(Part.REQUESTER), "https://desk.example/api/")

        for score in range(1, 6):
            link = f"https://desk.example/api/rate#token={'T' * 43}&score={score}"
            assert link in rendered.text
            assert f'href="{link.replace("&", "&amp;")}"' in rendered.html
        assert "2026-07-05" in rendered.text
        assert not re.search(r"[{}]|None", rendered.text + rendered.html)
        assert claim.question.token not in repr(claim)

    @pytest.mark.parametrize("part", [Part.WATCHER, Part.ASSIGNEE])
    def test_nobody_else_is(self, part: Part) -> None:
        claim = replace(claim_of(Occasion.REOPENED), question=Question("T" * 43, "2026-07-05"))

        assert "T" * 43 not in render(claim, person_as(part)).text

    def test_says_why_it_came(self) -> None:
        text = render(claim_of(Occasion.CLOSED), person_as(Part.WATCHER)).text

        assert "Acme sent this message by itself because you watch the ticket." in text

    def test_somebody_who_left_is_the_desk(self) -> None:
        assert (
            "The help desk replied"
            in render(claim_of(Occasion.REPLIED, actor=None, comment="x"), person_as(Part.REQUESTER)).text
        )


class TestBrand:
    BRAND = Brand("#112233", "https://cdn.acme.example/logo.png", "Acme, Calle 7")

    def test_mails_look_like_the_desk(self) -> None:
        mail = render(
            claim_of(Occasion.REPLIED, comment="Done.", brand=self.BRAND), person_as(Part.REQUESTER)
        )

        assert "border-top:4px solid #112233" in mail.html
        assert '<img src="https://cdn.acme.example/logo.png" alt="Acme"' in mail.html
        assert "<br>Acme, Calle 7</p>" in mail.html
        assert mail.text.splitlines()[-1] == "Acme, Calle 7"

    def test_without_a_brand_they_are_plain(self) -> None:
        mail = render(claim_of(Occasion.REPLIED, comment="Done."), person_as(Part.REQUESTER))

        assert "<img" not in mail.html
        assert "border-top" not in mail.html

    def test_what_a_stranger_can_have_sent_to_anybody_advertises_nothing(self) -> None:
        mail = render(
            claim_of(Occasion.CREATED, source=Source.PUBLIC, brand=self.BRAND), person_as(Part.REQUESTER)
        )

        assert "border-top:4px solid #112233" in mail.html
        assert "logo.png" not in mail.html
        assert "Calle 7" not in mail.html + mail.text


class TestSafety:
    @pytest.mark.parametrize(
        "hostile",
        ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</blockquote><b>", "{{ 7*7 }}"],
    )
    def test_nothing_that_anybody_wrote_becomes_markup(self, hostile: str) -> None:
        claim = claim_of(
            Occasion.REPLIED,
            comment=hostile,
            author=hostile,
            actor=hostile,
            subject=hostile,
            requester=hostile,
            team=hostile,
        )
        claim = replace(claim, workspace=replace(claim.workspace, name=hostile))

        rendered = render(claim, person_as(Part.WATCHER, Role.AGENT, name=hostile))

        assert "<script" not in rendered.html
        assert "<img" not in rendered.html
        assert "<b>" not in rendered.html
        assert rendered.html.count("</blockquote>") == 1
        assert "49" not in rendered.html

    def test_braces_in_a_text_name_nothing(self) -> None:
        claim = claim_of(Occasion.REPLIED, actor="{label}{0}{secret}", comment="{due}", author="{x}")

        text = render(claim, person_as(Part.REQUESTER)).text

        assert "{label}{0}{secret} replied" in text
        assert "> {due}" in text

    @pytest.mark.parametrize("source", [Source.PUBLIC, Source.EMAIL])
    def test_an_acknowledgement_to_an_unproven_address_repeats_nothing_that_was_written(
        self, source: Source
    ) -> None:
        claim = claim_of(Occasion.CREATED, source=source.value, subject="BUY NOW", description="http://spam")

        rendered = render(claim, person_as(Part.REQUESTER, name="Win http://spam"))

        assert rendered.subject == "[TKT-2026-00042] We have received your request"
        for written in ("BUY NOW", "http://spam"):
            assert written not in rendered.subject + rendered.text + rendered.html

    def test_an_acknowledgement_to_somebody_with_an_account_names_the_subject(self) -> None:
        rendered = render(claim_of(Occasion.CREATED), person_as(Part.REQUESTER))

        assert rendered.subject == "[TKT-2026-00042] No link on floor 3"
        assert "Hello Dana," in rendered.text
