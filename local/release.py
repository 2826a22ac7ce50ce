"""The command line of releases: `make deploy`, `make rollback` and `make releases`, with STAGE=prod."""

import argparse
import json
import sys
import time
import urllib.request
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from local import runtimes
from local.errors import StackError
from local.files import PROJECT
from local.package import package
from local.releasing import Releasing
from local.stage_file import at_the_terminal, read_stage

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
UNKNOWN = (
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
)
SIGN_IN = "Sign in with `aws sso login` or `aws configure`, and name the profile with AWS_PROFILE."
# What somebody who has just deployed looks for.
FIRST = ("EndpointURL", "Release")
HEALTHY_WITHIN_SECONDS = 60


def spoken(error: BotoCoreError | ClientError) -> str:
    """What to do about it, in a sentence."""
    match error:
        case NoRegionError():
            return 'No region is named: write "region" into the stage\'s file, or set AWS_REGION.'
        case NoCredentialsError() | PartialCredentialsError():
            return f"There are no AWS credentials here. {SIGN_IN}"
        case ProfileNotFound() | SSOError() | TokenRetrievalError():
            return f"{error}. {SIGN_IN}"
        case EndpointConnectionError():
            return f"AWS is out of reach: {error} Is the region right, and the network there?"
        case ClientError():
            code, words = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if code in DENIED:
                return (
                    f"AWS does not let you do that: {words}\ndocs/deploying.md has a policy for who deploys."
                )
            if code in EXPIRED:
                return f"The AWS credentials have expired. {SIGN_IN}"
            if code in UNKNOWN:
                return f"AWS does not know these credentials. {SIGN_IN}"
            return f"{error.operation_name} failed: {words or code}"
    return str(error)


def run(options: argparse.Namespace) -> None:
    """Raises StackError, or what botocore raises."""
    brings_code = options.command in ("deploy", "upload")
    if brings_code:  # refused before any work
        runtimes.check({"Resources": {}}, sys.version_info[:2], datetime.now(UTC).date())
    stage = read_stage(options.stage)
    session = boto3.session.Session(region_name=stage.region or None)
    config = Config(retries={"mode": "standard", "total_max_attempts": 5})
    releasing = Releasing(
        stage,
        partial(session.client, config=config),
        sure=options.yes,
        losing=options.losing,
        anew=options.anew,
        ask=at_the_terminal(),
        tell=_tell,
        healthy=answers,
    )
    if options.command == "releases":
        releasing.releases()
        return
    folder = _packaged(options.package, stage.name) if brings_code else Path()
    if options.command == "upload":
        releasing.upload(folder)
        return
    found = releasing.deploy(folder) if options.command == "deploy" else releasing.rollback(options.release)
    for name in (*FIRST, *sorted(found.keys() - set(FIRST))):
        if name in found:
            print(f"  {name:<28} {found[name]}")


def _packaged(given: Path | None, stage: str) -> Path:
    """The folder of the package: the one that was given, or a new one."""
    folder = given or PROJECT / ".local" / "release"
    if not given:
        print("Packaging…", flush=True)
        package(folder, cache=PROJECT / ".local" / "build", stage=stage)
    template = json.loads((folder / "sam.json").read_text())
    if warning := runtimes.check(template, sys.version_info[:2], datetime.now(UTC).date()):
        print(warning)
    return folder


def answers(url: str) -> bool:
    """Whether the API says that it is there, within a minute."""
    deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=30):
                return True
        except OSError:
            time.sleep(2)
    return False


def _tell(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.release", description=__doc__)
    parser.add_argument("command", choices=("deploy", "upload", "rollback", "releases"))
    parser.add_argument("--stage", required=True)
    parser.add_argument("--package", type=Path, help="what `make package` left there, instead of packaging")
    parser.add_argument("--release", default="", help="the release to go back to, by its id")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--anew", action="store_true", help="start every function anew, whatever has changed")
    parser.add_argument("--losing", action="store_true", help="even where what holds data goes")
    try:
        run(parser.parse_args())
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(spoken(error)) from None
    except StackError as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit("\nStopped here; what CloudFormation has begun goes on by itself.") from None


if __name__ == "__main__":
    main()
