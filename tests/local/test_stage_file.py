"""What a stage is given: by its file, the environment, what is there already, and whoever sits there."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from local.errors import StackError
from local.files import PROJECT
from local.stage_file import EXAMPLE, NOT_YET, Stage, parameters, read_stage, value, with_revision

TEXT: dict[str, Any] = {"Type": "String"}
SECRET: dict[str, Any] = {"Type": "String", "NoEcho": True, "Description": "JSON of something."}
DEFAULTED: dict[str, Any] = {"Type": "String", "Default": "x"}


def stage(**given: str | None) -> Stage:
    return Stage("prod", "eu-west-1", "", "mesa-prod", dict(given))


def of(given: list[dict[str, Any]]) -> dict[str, Any]:
    return {each["ParameterKey"]: each.get("ParameterValue", each.get("UsePreviousValue")) for each in given}


def write(folder: Path, told: Any) -> None:
    (folder / "prod.json").write_text(told if isinstance(told, str) else json.dumps(told))


class TestTheFile:
    def test_it_says_where_and_with_what(self, tmp_path: Path) -> None:
        told = {"ApiConcurrency": 120, "SubnetIds": ["subnet-1", "subnet-2"], "InfluxUrl": None}
        write(tmp_path, {"region": "eu-west-1", "parameters": told})

        assert read_stage("prod", tmp_path) == Stage(
            "prod",
            "eu-west-1",
            "",
            "mesa-prod",
            {"ApiConcurrency": "120", "SubnetIds": "subnet-1,subnet-2", "InfluxUrl": None},
        )

    def test_without_one_it_says_what_to_copy(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match=rf"no .*prod\.json: copy {EXAMPLE} there"):
            read_stage("prod", tmp_path)

    @pytest.mark.parametrize(
        ("told", "said"),
        [
            ("{", "is no JSON"),
            ([], "must be an object"),
            ({"parameters": []}, "must be an object"),
            ({"regoin": "eu-west-1"}, "what nobody knows: regoin"),
            ({"parameters": {"Stage": True}}, "Stage in .* is True"),
        ],
    )
    def test_what_is_wrong_with_it_is_said(self, tmp_path: Path, told: Any, said: str) -> None:
        write(tmp_path, told)
        with pytest.raises(StackError, match=said):
            read_stage("prod", tmp_path)

    @pytest.mark.parametrize("name", ["", "../x", "Prod", "a b"])
    def test_a_stages_name_is_a_word(self, name: str) -> None:
        with pytest.raises(StackError, match="small letters"):
            read_stage(name)

    def test_the_example_is_one(self) -> None:
        example = PROJECT / EXAMPLE
        assert read_stage("prod", example.parent).parameters


class TestParameters:
    def given(
        self, of_stage: Stage, declared: Mapping[str, Any], known: set[str] | None = None, **found: str
    ) -> dict[str, Any]:
        return of(parameters(of_stage, declared, known or set(), found))

    def test_the_file_says_and_the_environment_says_otherwise(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MESA_PARAMETER_MailFrom", "b@example.com")
        given = self.given(stage(MailFrom="a@example.com", Other="c"), {"MailFrom": TEXT, "Other": TEXT})
        assert given == {"MailFrom": "b@example.com", "Other": "c"}

    def test_what_is_known_stays_and_what_has_a_default_need_not_be_said(self) -> None:
        declared = {"Kept": SECRET, "Defaulted": DEFAULTED, "Set": TEXT}
        assert self.given(stage(Set="y"), declared, {"Kept", "Set"}) == {"Kept": True, "Set": "y"}

    def test_null_goes_back_to_the_templates_own(self) -> None:
        assert self.given(stage(Defaulted=None), {"Defaulted": DEFAULTED}, {"Defaulted"}) == {}

    def test_keys_are_made_once(self) -> None:
        declared = {"SigningSecretValue": SECRET, "TokenPublicKeys": TEXT, "WebhookSecretValue": SECRET}
        first, second = self.given(stage(), declared), self.given(stage(), declared)

        key = json.loads(first["SigningSecretValue"])
        assert list(json.loads(first["TokenPublicKeys"])) == [key["kid"]]
        assert json.loads(first["WebhookSecretValue"]).keys() == {"key"}
        assert first != second
        assert self.given(stage(), declared, set(declared)) == dict.fromkeys(declared, True)

    def test_an_address_that_is_not_known_yet_is_stood_in_for(self) -> None:
        assert self.given(stage(), {"PublicUrl": TEXT}) == {"PublicUrl": NOT_YET}
        assert self.given(stage(PublicUrl="https://a/api"), {"PublicUrl": TEXT}) == {
            "PublicUrl": "https://a/api"
        }

    def test_what_the_account_says_stands_in_at_first_alone(self) -> None:
        declared = {"GatewayLogRole": DEFAULTED}
        assert self.given(stage(), declared, GatewayLogRole="own") == {"GatewayLogRole": "own"}
        assert self.given(stage(), declared, {"GatewayLogRole"}, GatewayLogRole="account") == {
            "GatewayLogRole": True
        }

    def test_a_secret_in_the_file_is_refused_without_being_shown(self) -> None:
        with pytest.raises(StackError, match="DatabaseSecretValue is secret") as refusal:
            self.given(stage(DatabaseSecretValue="hunter2"), {"DatabaseSecretValue": SECRET})
        assert "hunter2" not in str(refusal.value)

    def test_what_is_missing_is_named_with_what_it_is(self) -> None:
        with pytest.raises(StackError, match=r"lacks:\n  Key: JSON of something\.\n.*prod\.json.*MESA_PARAM"):
            self.given(stage(), {"Key": SECRET})

    def test_what_the_template_does_not_know_is_refused(self) -> None:
        with pytest.raises(StackError, match="no parameter Mailfrom"):
            self.given(stage(Mailfrom="x"), {"MailFrom": TEXT})

    def test_who_sits_there_is_asked_for_what_is_missing_and_secrets_are_not_shown(self) -> None:
        asked: list[tuple[str, bool]] = []

        def ask(words: str, secret: bool) -> str:
            asked.append((words, secret))
            return "typed"

        given = of(parameters(stage(), {"Key": SECRET, "MailFrom": TEXT}, set(), {}, ask))

        assert given == {"Key": "typed", "MailFrom": "typed"}
        assert asked == [("Key (JSON of something.): ", True), ("MailFrom (no description): ", False)]


class TestTheRevision:
    DECLARED: ClassVar[dict[str, Any]] = {
        **{"Revision": DEFAULTED, "MailFrom": TEXT, "Size": {"Type": "Number", "Default": 80}, "Key": SECRET}
    }

    def revision(self, known: Mapping[str, str] | None = None, anew: str = "", **said: str) -> str:
        given = parameters(stage(MailFrom="a@example.com", **said), self.DECLARED, set(known or ()), {})
        told: str = of(with_revision(given, self.DECLARED, known or {}, anew))["Revision"]
        return told

    @pytest.fixture(autouse=True)
    def key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MESA_PARAMETER_Key", "hunter2")

    def test_it_differs_with_a_setting_and_not_with_a_secret(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first = self.revision()
        monkeypatch.setenv("MESA_PARAMETER_Key", "hunter3")

        assert self.revision() == first
        assert self.revision(Size="120") != first

    def test_the_next_deployment_of_the_same_settings_has_the_same(self) -> None:
        first = self.revision()
        known = {"Revision": first, "MailFrom": "a@example.com", "Size": "80", "Key": "****"}

        assert self.revision(known) == first

    def test_anew_is_another_and_stays_until_something_changes(self) -> None:
        first = self.revision()
        known = {"Revision": first, "MailFrom": "a@example.com", "Size": "80", "Key": "****"}

        second = self.revision(known, anew="1763754000")

        assert second != first
        assert self.revision({**known, "Revision": second}) == second
        assert self.revision({**known, "Revision": second}, anew="1763754001") not in (first, second)
        assert self.revision({**known, "Revision": second}, Size="120").partition("-")[0] != first


@pytest.mark.parametrize(
    ("said", "known", "found"),
    [
        ({}, {}, "x"),
        ({}, {"Name": "y"}, "y"),
        ({"Name": "z"}, {"Name": "y"}, "z"),
        ({"Name": None}, {"Name": "y"}, "x"),
    ],
)
def test_what_a_parameter_will_be_is_said_before_it_is(
    said: dict[str, str | None], known: dict[str, str], found: str
) -> None:
    assert value(stage(**said), "Name", DEFAULTED, known) == found
