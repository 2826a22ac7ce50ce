"""What `make deploy` says when AWS refuses: a sentence to act on."""

import os
from pathlib import Path

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)

from local.release import main, spoken
from local.stage_file import Stage


def refusal(code: str, message: str = "because") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreateChangeSet")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoRegionError(), 'write "region" into the stage\'s file, or set AWS_REGION'),
        (NoCredentialsError(), "There are no AWS credentials here. Sign in with `aws sso login`"),
        (ProfileNotFound(profile="desk"), "(desk) could not be found. Sign in"),
        (EndpointConnectionError(endpoint_url="https://x"), "Is the region right"),
        (refusal("AccessDenied", "x may not do y"), "x may not do y\ndocs/deploying.md has a policy"),
        (refusal("ExpiredToken"), "The AWS credentials have expired."),
        (refusal("InvalidClientTokenId"), "AWS does not know these credentials."),
        (
            refusal("ValidationError", "The template is wrong"),
            "CreateChangeSet failed: The template is wrong",
        ),
    ],
)
def test_a_refusal_is_a_sentence(error: BotoCoreError | ClientError, said: str) -> None:
    assert said in spoken(error)


def test_an_interpreter_that_is_not_deployed_with_is_refused_before_all_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("local.release.sys.version_info", (3, 10, 9))
    monkeypatch.setattr("local.release.sys.argv", ["release", "deploy", "--stage", "nowhere"])

    with pytest.raises(SystemExit, match=r"no longer supports python3\.10"):
        main()


def test_who_has_no_credentials_hears_it_before_anything_is_packaged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr("local.release.runtimes.check", lambda *_: None)
    monkeypatch.setattr("local.release.read_stage", lambda _: Stage("prod", "eu-west-1", "", "mesa-prod", {}))
    monkeypatch.setattr("local.release.package", lambda *_, **__: pytest.fail("it was packaged"))
    monkeypatch.setattr("local.release.sys.argv", ["release", "deploy", "--stage", "prod"])

    with pytest.raises(SystemExit, match="There are no AWS credentials here"):
        main()
