"""What docs/deploying.md tells people to copy: read as its reader would, and no more than it says."""

import json
import re
from typing import Any

import pytest
import yaml

from local.files import PROJECT
from local.merging import merged

EXAMPLES = PROJECT / "docs/examples"


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text("utf-8"))
    return loaded


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


class TestGithub:
    def test_each_push_is_tested_and_main_alone_is_deployed(self, workflow: dict[str, Any]) -> None:
        # YAML 1.1 takes `on` for true, and GitHub does not.
        assert set(workflow[True]) == {"push", "pull_request"}
        test, deploy = workflow["jobs"]["test"], workflow["jobs"]["deploy"]
        assert commands(test) == [".ci/run"]
        assert (PROJECT / ".ci/run").exists()
        assert deploy["needs"] == "test"
        assert "github.ref == 'refs/heads/main'" in deploy["if"]
        assert "github.event_name == 'push'" in deploy["if"]
        assert commands(deploy) == ["make deploy STAGE=prod YES=1"]

    def test_a_deployment_is_signed_in_by_its_token_and_by_no_key(self, workflow: dict[str, Any]) -> None:
        assert workflow["permissions"] == {"contents": "read"}
        assert workflow["jobs"]["deploy"]["permissions"] == {"contents": "read", "id-token": "write"}
        assert "secrets." not in json.dumps({str(key): each for key, each in workflow.items()})

    def test_no_deployment_is_broken_off_by_the_next(self, workflow: dict[str, Any]) -> None:
        assert workflow["jobs"]["deploy"]["concurrency"]["cancel-in-progress"] is False

    def test_the_role_is_for_one_environment_of_one_repository(self) -> None:
        (statement,) = json.loads((EXAMPLES / "deployer-trust.json").read_text())["Statement"]
        (conditions,) = statement["Condition"].values()
        assert set(statement["Condition"]) == {"StringEquals"}
        assert {name.rpartition(":")[2] for name in conditions} == {"aud", "sub"}
        assert "*" not in json.dumps(conditions)
        assert conditions["token.actions.githubusercontent.com:sub"].endswith(":environment:prod")

    def test_who_deploys_may_touch_the_stack_and_its_bucket_and_nothing_else(self) -> None:
        statements = json.loads((EXAMPLES / "deployer-policy.json").read_text())["Statement"]
        for statement in statements:
            assert "*" not in json.dumps(statement["Action"])
            named = statement["Resource"]
            for resource in named if isinstance(named, list) else [named]:
                assert resource != "*"
                if resource.endswith("/*"):
                    assert ":stack/mesa-prod/*" in resource or "mesa-artefacts-" in resource
        (role,) = [each for each in statements if each["Action"] == "iam:PassRole"]
        assert role["Condition"] == {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}


class TestCloudFormationsRole:
    """Never tried on AWS: what can be held is that it is narrow, says why it is not narrower, and fits."""

    POLICY = json.loads((EXAMPLES / "cloudformation-policy.json").read_text("utf-8"))
    REASONS = json.loads((EXAMPLES / "cloudformation-reasons.json").read_text("utf-8"))
    # What the account cannot be narrowed to by name; each is bound by its actions or by a condition.
    NAMELESS = frozenset({"DatabasesAreFound", "MailIsReceived", "Network", "PasswordsAreDrawn"})

    def test_each_star_has_its_reason_and_no_reason_is_idle(self) -> None:
        wild = [each for each in self.POLICY["Statement"] if "*" in json.dumps(each)]
        assert {each["Sid"] for each in wild} == set(self.REASONS)
        assert all(len(reason.split()) >= 6 and reason.endswith(".") for reason in self.REASONS.values())

    def test_all_of_a_service_may_be_done_to_what_is_the_stacks_alone(self) -> None:
        for statement in self.POLICY["Statement"]:
            resources = texts(statement["Resource"])
            if any(action.endswith(":*") for action in texts(statement["Action"])):
                assert all(OWN.search(resource) for resource in resources), statement["Sid"]
            if "*" in resources:
                assert statement["Sid"] in self.NAMELESS

    def test_roles_are_the_stacks_and_given_to_services_alone(self) -> None:
        about_roles = [each for each in self.POLICY["Statement"] if "iam:" in json.dumps(each["Action"])]
        assert len(about_roles) == 4
        for each in about_roles:
            (role,) = texts(each["Resource"])
            assert role.split(":role/")[1] in ("mesa-prod-*", "aws-service-role/*")
            guarded = {"iam:PassRole", "iam:AttachRolePolicy", "iam:CreateServiceLinkedRole"}
            assert guarded.isdisjoint(texts(each["Action"])) or each["Condition"]

    def test_it_is_for_every_service_that_the_template_asks(self) -> None:
        resources = merged(PROJECT / ".chalice/resources")["Resources"].values()
        kinds = {each["Type"] for each in resources if "Type" in each}
        asked = {kind.split("::")[1].lower() for kind in kinds if kind.startswith("AWS::")} - {"serverless"}
        may = {action.split(":")[0] for each in self.POLICY["Statement"] for action in texts(each["Action"])}
        assert len(asked) > 10
        assert asked <= may

    def test_it_fits_into_a_role(self) -> None:
        """Source: IAM User Guide, "IAM and AWS STS quotas": 10,240 signs without white space."""
        assert len(json.dumps(self.POLICY, separators=(",", ":"))) <= 10_240

    def test_cloudformation_alone_takes_it(self) -> None:
        (statement,) = json.loads((EXAMPLES / "cloudformation-trust.json").read_text("utf-8"))["Statement"]
        assert statement["Principal"] == {"Service": "cloudformation.amazonaws.com"}

    def test_who_deploys_passes_this_role(self) -> None:
        statements = json.loads((EXAMPLES / "deployer-policy.json").read_text("utf-8"))["Statement"]
        (passed,) = [each["Resource"] for each in statements if each["Action"] == "iam:PassRole"]
        told = (PROJECT / "docs/deploying.md").read_text("utf-8")
        assert f"--role-name {passed.rpartition('/')[2]} " in told


def texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


# By the name that the stack gives; the default option group and what RDS gives an id of its own.
OWN = re.compile(r"[:/]mesa-prod([-/]|$)|/mesa-prod|:og:default:|:prx-")


class TestTerraform:
    def test_it_gives_what_the_template_declares(self) -> None:
        told = (EXAMPLES / "main.tf").read_text("utf-8")
        declared = json.dumps([json.loads(each.read_text()) for each in RESOURCES])
        for name in ("MailFrom", "PublicUrl", "TokenPublicKeys", "SigningSecretValue", "WebhookSecretValue"):
            assert name in told
            assert f'"{name}": {{' in declared
        assert "sensitive   = true" in told
        assert "prevent_destroy = true" in told


RESOURCES = sorted((PROJECT / ".chalice/resources").glob("*.json"))
