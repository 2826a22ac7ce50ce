"""`make deploy` and `make rollback` on an emulated account, with a small stack in place of the desk."""

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.artefacts import Release, before
from local.emulator import REGION, Emulator
from local.errors import StackError
from local.files import free_port
from local.releasing import Releasing
from local.stage_file import NOT_YET, Stage

ADDRESS = "https://abc.execute-api.us-east-1.amazonaws.com/api/"
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    },
}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    emulator = Emulator(Path(tmp_path_factory.mktemp("emulator")), free_port())
    emulator.start(bound=True)
    yield emulator.endpoint
    emulator.stop()


# What the account lacks: nobody answers for it.
BROKEN = {
    "Type": "Custom::Broken",
    "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:nobody"},
}


@cache
def client_of(endpoint: str, service: str) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, region_name=REGION, endpoint_url=endpoint, **keys)


def typing(words: str) -> Callable[[str, bool], str]:
    """Somebody who answers every question so."""

    def answer(*question: object) -> str:
        return words

    return answer


class Desk:
    """One stage, the packages made for it, and what was said."""

    def __init__(self, endpoint: str, folder: Path, name: str) -> None:
        self.endpoint, self.folder = endpoint, folder
        self.stage = Stage(name, REGION, "", f"mesa-{name}", {"MailFrom": "desk@example.com"})
        self.said: list[str] = []
        self.healthy = True

    def client(self, service: str) -> Any:
        return client_of(self.endpoint, service)

    def releasing(self, **options: Any) -> Releasing:
        self.said.clear()
        return Releasing(
            options.pop("stage", self.stage),
            self.client,
            **{"sure": True, "tell": self.said.append, **options},
            pause=0.05,
            healthy=lambda url: self.healthy and url == ADDRESS,
        )

    def package(self, answer: str, **more: Any) -> Path:
        """A package whose function answers so, with more resources or fewer."""
        with zipfile.ZipFile(self.folder / "deployment.zip", "w") as archive:
            archive.writestr(zipfile.ZipInfo("app.py"), f"def app(event, context):\n    return {answer!r}\n")
        text = {"Type": "String"}
        function = {
            "Runtime": "python3.13",
            "Handler": "app.app",
            "CodeUri": "./deployment.zip",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Environment": {"Variables": {"PUBLIC_URL": {"Ref": "PublicUrl"}}},
        }
        resources = {
            "Role": ROLE,
            "Function": {"Type": "AWS::Serverless::Function", "Properties": function},
            "Key": {
                "Type": "AWS::SecretsManager::Secret",
                "Properties": {"SecretString": {"Ref": "SigningSecretValue"}},
            },
            "Files": {"Type": "AWS::S3::Bucket"},
            **more,
        }
        template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Transform": "AWS::Serverless-2016-10-31",
            "Parameters": {
                "Stage": text,
                "MailFrom": text,
                "PublicUrl": text,
                "TokenPublicKeys": text,
                "SigningSecretValue": {**text, "NoEcho": True},
            },
            "Resources": {name: each for name, each in resources.items() if each},
            "Outputs": {
                "EndpointURL": {"Value": ADDRESS},
                "Function": {"Value": {"Ref": "Function"}},
                "Key": {"Value": {"Ref": "Key"}},
            },
        }
        (self.folder / "sam.json").write_text(json.dumps(template))
        return self.folder

    def parameters(self) -> dict[str, str]:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=self.stage.stack)["Stacks"]
        return {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}

    def code(self, name: str) -> bytes:
        """What runs."""
        key = self.client("lambda").get_function(FunctionName=name)["Configuration"]["CodeSha256"]
        return str(key).encode()


@pytest.fixture
def desk(endpoint: str, tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).removeprefix("test-")[-30:].strip("-")
    return Desk(endpoint, tmp_path, name)


@pytest.fixture(scope="module")
def first(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, dict[str, str]]:
    """A desk that was deployed once, and the outputs of that."""
    desk = Desk(endpoint, Path(tmp_path_factory.mktemp("first")), "first")
    return desk, desk.releasing().deploy(desk.package("one"))


class TestTheFirst:
    def test_it_makes_the_stack_with_keys_that_nobody_has_seen(
        self, first: tuple[Desk, dict[str, str]]
    ) -> None:
        desk, found = first
        kept = desk.client("secretsmanager").get_secret_value(SecretId=found["Key"])["SecretString"]
        key = json.loads(kept)
        assert key.keys() == {"kid", "private_key", "pepper"}
        assert list(json.loads(desk.parameters()["TokenPublicKeys"])) == [key["kid"]]
        assert key["private_key"] not in "\n".join(desk.said)
        assert not [path for path in desk.folder.iterdir() if key["private_key"] in path.read_text("latin-1")]

    def test_the_address_that_api_gateway_gives_is_told_to_the_functions(
        self, first: tuple[Desk, dict[str, str]]
    ) -> None:
        desk, found = first
        known = desk.client("lambda").get_function_configuration(FunctionName=found["Function"])
        assert known["Environment"]["Variables"]["PUBLIC_URL"] == ADDRESS.rstrip("/")
        assert desk.parameters()["PublicUrl"] != NOT_YET

    def test_what_happens_is_told_as_it_does(self, first: tuple[Desk, dict[str, str]]) -> None:
        said = first[0].said
        assert "  make Files (S3::Bucket)" in said
        assert any(re.fullmatch(r"  \d\d:\d\d:\d\d  Files made", line) for line in said)

    def test_the_bucket_of_releases_is_closed_encrypted_and_versioned(
        self, first: tuple[Desk, dict[str, str]]
    ) -> None:
        s3 = first[0].client("s3")
        (bucket,) = [each["Name"] for each in s3.list_buckets()["Buckets"] if "artefacts" in each["Name"]]
        closed = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert set(closed.values()) == {True}
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        assert "AES256" in str(s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"])
        assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
        assert "Expiration" not in rule

    def test_the_stack_is_protected_from_being_deleted_by_mistake(
        self, first: tuple[Desk, dict[str, str]]
    ) -> None:
        desk, _ = first
        (stack,) = desk.client("cloudformation").describe_stacks(StackName=desk.stage.stack)["Stacks"]
        assert stack["EnableTerminationProtection"] is True

    def test_no_is_no(self, desk: Desk) -> None:
        with pytest.raises(StackError, match=r"^Nothing was changed"):
            desk.releasing(sure=False, ask=typing("yes")).deploy(desk.package("one"))

        with pytest.raises(ClientError, match="does not exist"):
            desk.parameters()

    def test_where_nobody_sits_yes_must_be_said_beforehand(self, desk: Desk) -> None:
        with pytest.raises(StackError, match="YES=1"):
            desk.releasing(sure=False).deploy(desk.package("one"))

    def test_credentials_of_another_account_are_refused(self, desk: Desk) -> None:
        with pytest.raises(StackError, match=r"for the account 0+, and the stage .* 123456789012"):
            desk.releasing(stage=Stage(desk.stage.name, REGION, "123456789012", "mesa-x", {}))

    def test_a_package_without_the_databases_authorities_is_refused_before_anything_is_made(
        self, desk: Desk
    ) -> None:
        folder = desk.package("one")
        template = json.loads((folder / "sam.json").read_text())
        template["Parameters"]["Database"] = {"Type": "String", "Default": "rds"}
        (folder / "sam.json").write_text(json.dumps(template))

        with pytest.raises(StackError, match="lacks the certificates of RDS in us-east-1"):
            desk.releasing().deploy(folder)
        assert not any("Release" in line for line in desk.said)

    def test_one_that_failed_is_cleared_away_by_the_next(self, desk: Desk) -> None:
        with pytest.raises(StackError, match=r"It failed: Broken: .*nobody.*\n.*nothing of it runs"):
            desk.releasing().deploy(desk.package("one", Broken=BROKEN))

        found = desk.releasing().deploy(desk.package("one"))

        assert found["Release"]


class TestTheNext:
    def test_it_changes_what_is_new_and_keeps_the_keys(self, desk: Desk) -> None:
        asking = desk.releasing(sure=False, ask=typing(desk.stage.name))
        first = asking.deploy(desk.package("one"))
        key = desk.client("secretsmanager").get_secret_value(SecretId=first["Key"])["SecretString"]
        keys = desk.parameters()["TokenPublicKeys"]

        second = desk.releasing().deploy(desk.package("two"))

        assert second["Release"] != first["Release"]
        assert desk.client("secretsmanager").get_secret_value(SecretId=second["Key"])["SecretString"] == key
        assert desk.parameters()["TokenPublicKeys"] == keys
        assert desk.releasing().deploy(desk.package("two")) == second
        assert "Nothing is to be changed." in desk.said

    def test_its_first_failure_is_told_with_its_reason_and_what_was_there_runs_on(self, desk: Desk) -> None:
        first = desk.releasing().deploy(desk.package("one"))
        code = desk.code(first["Function"])
        with pytest.raises(
            StackError, match=r"It failed: Broken: .*nobody.*\n.*what was there before runs on"
        ):
            desk.releasing().deploy(desk.package("two", Broken=BROKEN))

        assert desk.code(first["Function"]) == code
        desk.releasing().releases()
        assert len(desk.said) == 2, "what failed is no release"

    def test_what_holds_data_is_not_removed_by_a_yes(self, desk: Desk) -> None:
        desk.releasing().deploy(desk.package("one"))

        with pytest.raises(StackError, match=r"would remove Files \(S3::Bucket\).*LOSING=1"):
            desk.releasing().deploy(desk.package("one", Files=None))
        desk.releasing(losing=True).deploy(desk.package("one", Files=None))

        kept = desk.client("cloudformation").list_stack_resources(StackName=desk.stage.stack)
        assert "Files" not in {each["LogicalResourceId"] for each in kept["StackResourceSummaries"]}

    def test_one_that_does_not_answer_says_how_to_go_back(self, desk: Desk) -> None:
        desk.healthy = False
        with pytest.raises(StackError, match=r"health does not answer. `make rollback` goes back"):
            desk.releasing().deploy(desk.package("one"))


class TestGoingBack:
    def test_the_release_before_runs_again_and_settings_stay_those_of_today(self, desk: Desk) -> None:
        first = desk.releasing().deploy(desk.package("one"))
        code = desk.code(first["Function"])
        desk.stage.parameters["MailFrom"] = "new@example.com"
        second = desk.releasing().deploy(desk.package("two"))
        assert desk.code(first["Function"]) != code
        desk.stage.parameters["MailFrom"] = "newest@example.com"

        found = desk.releasing().rollback()

        assert found["Release"] == first["Release"]
        assert desk.code(first["Function"]) == code
        assert desk.parameters()["MailFrom"] == "new@example.com"

        desk.releasing().releases()
        told = [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "then", line) for line in desk.said[1:]]
        assert told == [
            f"{first['Release']}  then  python3.13  live",
            f"{second['Release']}  then  python3.13  gone back from",
        ]

    def test_what_was_gone_back_from_is_not_gone_back_to_unless_it_is_named(self, desk: Desk) -> None:
        ids = [desk.releasing().deploy(desk.package(answer))["Release"] for answer in ("one", "two")]
        desk.releasing().rollback()
        desk.releasing().deploy(desk.package("three"))

        assert desk.releasing().rollback()["Release"] == ids[0]
        with pytest.raises(StackError, match="There is no release ffff"):
            desk.releasing().rollback("ffff")
        assert desk.releasing().rollback(ids[1][:6])["Release"] == ids[1]

    def test_without_a_stack_there_is_nowhere_to_go(self, desk: Desk) -> None:
        with pytest.raises(StackError, match="There is no stack"):
            desk.releasing().rollback()
        desk.releasing().releases()
        assert desk.said[-1] == f"Nothing was deployed to {desk.stage.stack} yet."


def release(name: str, at: int, **said: bool) -> Release:
    return Release(name, f"2026-01-0{at}", "", "python3.13", **{"deployed": True, **said})


@pytest.mark.parametrize(
    ("releases", "live", "found"),
    [
        ([], "c", None),
        ([release("a", 1)], "a", None),
        ([release("a", 1), release("b", 2), release("c", 3)], "c", "b"),
        ([release("a", 1), release("b", 2), release("c", 3)], "b", "a"),
        ([release("a", 1), release("b", 2, withdrawn=True), release("c", 3)], "c", "a"),
        ([release("a", 1), release("b", 2, deployed=False), release("c", 3)], "c", "a"),
        ([release("a", 1), release("b", 2), release("a", 3)], "a", "b"),
        ([release("a", 1)], "unknown", None),
    ],
)
def test_the_release_before_is_the_last_good_one(
    releases: list[Release], live: str, found: str | None
) -> None:
    known = before(releases, live)
    assert (known.id if known else None) == found
