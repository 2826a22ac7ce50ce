"""The bucket that releases lie in: code and templates by what is in them, and who was live when."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

FUNCTION = "AWS::Serverless::Function"
PLACEHOLDER = "@release@"
OLD_VERSIONS_DAYS = 90


@dataclass(frozen=True)
class Release:
    """One thing that was deployed: `id` is told by its content, `at` is when (UTC, ISO 8601)."""

    id: str
    at: str
    template: str
    runtime: str
    deployed: bool = False
    withdrawn: bool = False


class Artefacts:
    """What is kept for one stack, in a bucket that all stacks of an account and region share."""

    def __init__(self, s3: Any, account: str, region: str, stack: str) -> None:
        self._s3, self._account, self._region = s3, account, region
        self.bucket = f"mesa-artefacts-{account}-{region}"
        self._releases = f"releases/{stack}/"

    def prepare(self) -> bool:
        """Makes the bucket where there is none: encrypted, closed to the public, versioned. True if so."""
        try:
            self._s3.head_bucket(Bucket=self.bucket, ExpectedBucketOwner=self._account)
            return False
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchBucket", "NotFound"):
                raise
        # us-east-1 is the one region that may not be named.
        place = (
            {}
            if self._region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
        )
        self._s3.create_bucket(Bucket=self.bucket, **place)
        self._close()
        return True

    def _close(self) -> None:
        name = {"Bucket": self.bucket}
        closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        self._s3.put_public_access_block(**name, PublicAccessBlockConfiguration=dict.fromkeys(closed, True))
        encrypted = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
        self._s3.put_bucket_encryption(**name, ServerSideEncryptionConfiguration=encrypted)
        self._s3.put_bucket_versioning(**name, VersioningConfiguration={"Status": "Enabled"})
        # A release that may be gone back to is never a version that was written over.
        rule = {
            "ID": "WrittenOver",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_VERSIONS_DAYS},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
        self._s3.put_bucket_lifecycle_configuration(**name, LifecycleConfiguration={"Rules": [rule]})
        statement = {
            "Sid": "OverTlsAlone",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"{self._arn()}{self.bucket}", f"{self._arn()}{self.bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._s3.put_bucket_policy(**name, Policy=policy)

    def _arn(self) -> str:
        partitions = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        found = [name for begin, name in partitions.items() if self._region.startswith(begin)]
        return f"arn:{(found or ['aws'])[0]}:s3:::"

    def upload(self, package: Path) -> Release:
        """Sends the code and the template that names it; what is there already is not sent again."""
        template = json.loads((package / "sam.json").read_text())
        functions = [
            each["Properties"] for each in template["Resources"].values() if each["Type"] == FUNCTION
        ]
        keys = {name: self._upload_code(package / name) for name in {each["CodeUri"] for each in functions}}
        for function in functions:
            function["CodeUri"] = f"s3://{self.bucket}/{keys[function['CodeUri']]}"
        template.setdefault("Outputs", {})["Release"] = {"Value": PLACEHOLDER}
        body = json.dumps(template, separators=(",", ":"))
        release = hashlib.sha256(body.encode()).hexdigest()[:12]
        template_key = f"templates/{release}.json"
        self._put(template_key, body.replace(PLACEHOLDER, release).encode())
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        return Release(release, now, template_key, functions[0]["Runtime"])

    def _upload_code(self, archive: Path) -> str:
        code = archive.read_bytes()
        key = f"code/{hashlib.sha256(code).hexdigest()}.zip"
        self._put(key, code)
        return key

    def _put(self, key: str, body: bytes) -> None:
        try:
            self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
                raise
            self._s3.put_object(Bucket=self.bucket, Key=key, Body=body, ExpectedBucketOwner=self._account)

    def template(self, release: Release) -> str:
        answer = self._s3.get_object(Bucket=self.bucket, Key=release.template)
        text: str = answer["Body"].read().decode()
        return text

    def template_url(self, release: Release) -> str:
        """Where CloudFormation finds it. An emulator has an address of its own."""
        endpoint = self._s3.meta.endpoint_url
        if "amazonaws.com" not in endpoint:
            return f"{endpoint}/{self.bucket}/{release.template}"
        return f"https://{self.bucket}.s3.{self._region}.{self._domain()}/{release.template}"

    def _domain(self) -> str:
        return "amazonaws.com.cn" if self._region.startswith("cn-") else "amazonaws.com"

    def record(self, release: Release) -> None:
        body = json.dumps(asdict(release)).encode()
        self._s3.put_object(Bucket=self.bucket, Key=f"{self._releases}{release.at}.json", Body=body)

    def withdraw(self, release: Release) -> None:
        """Says that this one was gone back from, so that nobody goes back to it."""
        self.record(replace(release, withdrawn=True))

    def releases(self) -> list[Release]:
        """Whatever was deployed here, the oldest first; nothing where there is no bucket yet."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self._releases)
        try:
            keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                return []
            raise
        bodies = (self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in sorted(keys))
        return [Release(**json.loads(body)) for body in bodies]


def before(releases: list[Release], live: str) -> Release | None:
    """The last one that was deployed before what is live, and was not gone back from."""
    places = [place for place, each in enumerate(releases) if each.id == live]
    earlier = releases[: places[-1]] if places else []
    good = [each for each in earlier if each.deployed and not each.withdrawn and each.id != live]
    return good[-1] if good else None
