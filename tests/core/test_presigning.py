"""Leave to send and to fetch one object: what it says, and signed as botocore signs it."""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import boto3
import botocore.auth
import pytest
from botocore.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.core import presigning, sigv4

NOW = datetime(2026, 11, 20, 21, 30, 5, 123456, tzinfo=UTC)
ACCESS, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCY", "IQoJb3JpZ2luX2Vj/8+token=="
ONE_BY_ONE = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=["bucket's own address", "one address for all"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A region and an address, and what botocore's client must be told of them."""
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    if request.param == "bucket's own address":
        return {"style": "virtual", "endpoint": None}
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    return {"style": "path", "endpoint": "http://localhost:4566"}


def client(place: dict[str, Any], token: str) -> Any:
    return boto3.client(
        "s3",
        region_name="eu-west-1",
        endpoint_url=place["endpoint"],
        aws_access_key_id=ACCESS,
        aws_secret_access_key=SECRET,
        aws_session_token=token or None,
        config=Config(signature_version="s3v4", s3={"addressing_style": place["style"]}),
    )


def policy_of(form: presigning.Form) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(b64decode(form.fields["policy"]))
    return document


@pytest.mark.parametrize("token", ["", TOKEN], ids=["keys alone", "with a session"])
class TestForm:
    def test_is_signed_as_botocore_signs_it(
        self, place: dict[str, Any], token: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
        with patch.object(botocore.auth, "get_current_datetime", lambda: NOW.replace(tzinfo=None)):
            oracle = client(place, token).generate_presigned_post(
                "mesa-files", "w/a", {"Content-Type": "image/png"}, [{"Content-Type": "image/png"}]
            )

        ours = presigning.form("mesa-files", "w/a", {"Content-Type": "image/png"}, 11, NOW, 600)

        signed = {
            name: value for name, value in ours.fields.items() if name not in ("policy", "x-amz-signature")
        }
        assert signed == {name: oracle["fields"][name] for name in signed}
        assert set(ours.fields) == set(oracle["fields"])
        credentials = sigv4.Credentials(ACCESS, SECRET, token)
        for fields in (ours.fields, oracle["fields"]):
            signature = sigv4.sign(credentials, "20261120/eu-west-1/s3/aws4_request", fields["policy"])
            assert signature == fields["x-amz-signature"]
        assert ours.url == oracle["url"].rstrip("/")

    def test_case_70_it_names_key_type_size_and_bucket_each_exactly(
        self, place: dict[str, Any], token: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)

        form = presigning.form("mesa-files", "w/a", {"Content-Type": "image/png"}, 11, NOW, 600)

        assert policy_of(form) == {
            "expiration": "2026-11-20T21:40:05Z",
            "conditions": [
                {"bucket": "mesa-files"},
                {"key": "w/a"},
                {"Content-Type": "image/png"},
                {"x-amz-algorithm": "AWS4-HMAC-SHA256"},
                {"x-amz-credential": f"{ACCESS}/20261120/eu-west-1/s3/aws4_request"},
                {"x-amz-date": "20261120T213005Z"},
                *([{"x-amz-security-token": token}] if token else []),
                ["content-length-range", 11, 11],
            ],
        }
        assert form.expires_at == NOW.replace(microsecond=0) + timedelta(minutes=10)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30)


@ONE_BY_ONE
@given(
    token=st.sampled_from(["", TOKEN]),
    key=st.from_regex(r"[a-z0-9-]{1,20}(/[a-z0-9-]{1,20}){0,2}", fullmatch=True),
    version=TEXT,
    disposition=TEXT,
)
def test_a_link_is_botocores_byte_for_byte(
    place: dict[str, Any], token: str, key: str, version: str, disposition: str
) -> None:
    asked = {
        "Bucket": "mesa-files",
        "Key": key,
        "VersionId": version,
        "ResponseContentDisposition": disposition,
    }
    with patch.object(botocore.auth, "get_current_datetime", lambda: NOW.replace(tzinfo=None)):
        oracle = client(place, token).generate_presigned_url("get_object", asked, ExpiresIn=300)
    parameters = {"versionId": version, "response-content-disposition": disposition}

    with patch.dict("os.environ", {"AWS_SESSION_TOKEN": token}):
        ours = presigning.link("mesa-files", key, parameters, NOW, 300)

    assert ours.url.partition("?")[0] == oracle.partition("?")[0]
    assert dict(parse_qsl(urlsplit(ours.url).query)) == dict(parse_qsl(urlsplit(oracle).query))
    assert ours.expires_at == NOW.replace(microsecond=0) + timedelta(minutes=5)


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"])
def test_without_credentials_or_region_nothing_is_signed(
    place: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name)

    with pytest.raises(sigv4.NotConfigured, match=f"{name} is not set"):
        presigning.link("mesa-files", "w/a", {}, NOW, 300)
