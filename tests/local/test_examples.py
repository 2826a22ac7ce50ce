"""What docs/deploying.md tells people to copy: read as its reader would, and no more than it says."""

import json
from typing import Any

import pytest
import yaml

from local.files import PROJECT

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
