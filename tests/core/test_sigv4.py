"""Calls to AWS without boto3: signed as botocore signs, byte for byte."""

from datetime import UTC, datetime
from unittest.mock import patch

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.sigv4 import Credentials, NotConfigured, Service, signed_headers

KEY_TEXT = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+=", min_size=16, max_size=60
)
HOST = st.from_regex(r"[a-z0-9-]{1,20}(\.[a-z0-9-]{1,20}){0,3}(:[1-9][0-9]{3})?", fullmatch=True)
SERVICES = st.sampled_from(
    [
        ("secretsmanager", "/", {"X-Amz-Target": "secretsmanager.GetSecretValue"}),
        ("lambda", "/2015-03-31/functions/mesa-egress/invocations", {}),
        ("lambda", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aa%3A1%3Afunction%3Am/invocations", {}),
    ]
)


@given(
    access_key=st.from_regex(r"A[A-Z0-9]{15,19}", fullmatch=True),
    secret_key=KEY_TEXT,
    token=st.just("") | KEY_TEXT,
    region=st.from_regex(r"[a-z]{2}(-[a-z]{3,4})?-[a-z]{4,9}-[1-9]", fullmatch=True),
    host=HOST,
    called=SERVICES,
    body=st.binary(max_size=300),
    moment=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2099, 12, 31)),
)
def test_signs_byte_for_byte_as_botocore_does(
    access_key: str,
    secret_key: str,
    token: str,
    region: str,
    host: str,
    called: tuple[str, str, dict[str, str]],
    body: bytes,
    moment: datetime,
) -> None:
    name, path, extra = called
    headers = {"Content-Type": "application/json", **extra}
    oracle = AWSRequest("POST", f"https://{host}{path}", headers=headers, data=body)
    with patch.object(botocore.auth, "get_current_datetime", lambda: moment):
        credentials = BotoCredentials(access_key, secret_key, token or None)
        botocore.auth.SigV4Auth(credentials, name, region).add_auth(oracle)

    ours = signed_headers(
        Service(name, region, f"https://{host}"),
        host,
        path,
        Credentials(access_key, secret_key, token),
        headers,
        body,
        moment.replace(tzinfo=UTC),
    )

    assert ours.pop("Host") == host
    assert ours == dict(oracle.headers.items())


@pytest.mark.parametrize(
    ("environ", "endpoint"),
    [
        ({"AWS_REGION": "eu-west-1"}, "https://lambda.eu-west-1.amazonaws.com"),
        ({"AWS_DEFAULT_REGION": "cn-north-1"}, "https://lambda.cn-north-1.amazonaws.com.cn"),
        ({"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, "http://127.0.0.1:4566"),
        (
            {"AWS_REGION": "a", "AWS_ENDPOINT_URL": "http://one", "AWS_ENDPOINT_URL_LAMBDA": "http://two"},
            "http://two",
        ),
    ],
)
def test_the_address_of_a_service(environ: dict[str, str], endpoint: str) -> None:
    assert Service.of("lambda", "LAMBDA", environ).endpoint == endpoint


def test_without_a_region_or_credentials_nothing_is_signed() -> None:
    with pytest.raises(NotConfigured, match="AWS_REGION"):
        Service.of("lambda", "LAMBDA", {})
    with pytest.raises(NotConfigured, match="AWS_ACCESS_KEY_ID"):
        Credentials.of({})
