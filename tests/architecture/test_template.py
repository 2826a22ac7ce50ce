"""The package as it is deployed: queues that lose nothing, few rights, sizes far from AWS's limits."""

import copy
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from chalicelib.api.access import PUBLIC, ROUTES
from chalicelib.api.cors import FOR_BROWSERS
from chalicelib.api.job_answer import FILE_DAYS
from chalicelib.core import outbound, settings
from chalicelib.tickets.file_news import SCAN_RESULT
from chalicelib.webhooks import dispatching
from local.files import PROJECT
from local.package import package
from tests.support.for_each import for_each
from tests.support.settled import settled

MEGABYTE = 1_000_000
# What docs/sizing.md says: what the database takes, how much of it is not the API's, and how much of that is
# for migrations, people and PostgreSQL itself.
CONNECTIONS, OF_OTHERS, FOR_PEOPLE = 200, 100, 40
API_GATEWAY_TIMEOUT = 29
SETTINGS = {
    "APIHandler": settings.ApiSettings,
    "Authorizer": settings.AuthorizerSettings,
    "PublicStatus": settings.PublicStatusSettings,
    "Notifications": settings.NotificationSettings,
    "Attachments": settings.AttachmentSettings,
    "Mailbox": settings.MailboxSettings,
    "MailFeedback": settings.DatabaseSettings,
    "Rules": settings.RelaySettings,
    "Webhooks": settings.WebhookSettings,
    "Insight": settings.DatabaseSettings,
    "RollupRepair": settings.DatabaseSettings,
    "Deliveries": settings.DeliverySettings,
    "DeliveryResults": settings.WebhookSettings,
    "Points": settings.PointSettings,
    "WebhookSweep": settings.WebhookSettings,
    "Jobs": settings.JobSettings,
    "SlaSweep": settings.RelaySettings,
    "RuleSweep": settings.RelaySettings,
    "EventRelay": settings.RelaySettings,
    "Purge": settings.PurgeSettings,
    "AuditAnchor": settings.AnchorSettings,
    "Egress": settings.EgressSettings,
    "Migrate": settings.OwnerSettings,
    "RotateLogin": settings.OwnerSettings,
}
# Creating a network interface in a VPC cannot be narrowed to one: it does not exist yet.
UNNARROWED = {"NetworkInterfacesOfTheVpc"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make package` leaves."""
    out = tmp_path_factory.mktemp("package")
    package(out, cache=PROJECT / ".local" / "build", stage="prod")
    return out


@pytest.fixture(scope="module")
def template(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "sam.json").read_text())
    return loaded


@pytest.fixture(scope="module")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found


@pytest.fixture(scope="module")
def paths(resources: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    return found


@pytest.fixture(scope="module")
def files(folder: Path) -> set[str]:
    with zipfile.ZipFile(folder / "deployment.zip") as archive:
        return set(archive.namelist())


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: entry["Properties"] for name, entry in resources.items() if entry["Type"] == kind}


def queue_readers(
    resources: dict[str, Any],
) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Each function that SQS feeds, with its event source and its queue."""
    for function in of_type(resources, "AWS::Serverless::Function").values():
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                source = event["Properties"]
                name = source["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}")
                yield function, source, resources[name]["Properties"]


def most_at_once(function: dict[str, Any]) -> int:
    """How many of a function run at once; one by the clock and one that comes again after a failure."""
    sources = [event["Properties"] for event in function.get("Events", {}).values()]
    if any("Schedule" in source for source in sources):
        return 2
    if "ReservedConcurrentExecutions" in function:
        return int(function["ReservedConcurrentExecutions"])
    return sum(int(source["ScalingConfig"]["MaximumConcurrency"]) for source in sources)


def takes_a_seat(function: dict[str, Any]) -> bool:
    """Whether its connections are counted for it: those of the schema's owner are among the people's."""
    variables = function["Environment"]["Variables"]
    return "MESA_DATABASE_SECRET_ARN" in variables and "MESA_OWNER_SECRET_ARN" not in variables


def function_name(name: str) -> str:
    """`SlaSweep` as configuration has it: `sla-sweep`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def named(part: dict[str, Any]) -> str:
    """What a part of the dashboard refers to; what is there under a condition alone, under that."""
    if "Fn::If" in part:
        assert part["Fn::If"][2] == "-"
        part = part["Fn::If"][1]
    while "Fn::If" in part:
        part = part["Fn::If"][1]
    return str(part["Ref"]) if "Ref" in part else ".".join(part["Fn::GetAtt"])


@pytest.fixture(scope="module")
def body(resources: dict[str, Any]) -> dict[str, Any]:
    """The dashboard's, with `<Name>` where CloudFormation puts what it knows."""
    separator, parts = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Join"]
    assert separator == ""
    told = "".join(part if isinstance(part, str) else f"<{named(part)}>" for part in parts)
    loaded: dict[str, Any] = json.loads(told)
    return loaded


class TestQueues:
    """Hostile case 48."""

    def test_some_function_is_fed_by_a_queue(self, resources: dict[str, Any]) -> None:
        assert list(queue_readers(resources))

    def test_case_48_partial_failures_are_reported(self, resources: dict[str, Any]) -> None:
        for _, source, _ in queue_readers(resources):
            assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]

    def test_case_48_a_message_stays_hidden_for_six_timeouts_of_its_function(
        self, resources: dict[str, Any]
    ) -> None:
        for function, _, queue in queue_readers(resources):
            assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]

    def test_case_48_what_fails_five_times_goes_to_a_dead_letter_queue(
        self, resources: dict[str, Any]
    ) -> None:
        for _, _, queue in queue_readers(resources):
            policy = queue["RedrivePolicy"]
            dead_letters = resources[policy["deadLetterTargetArn"]["Fn::GetAtt"][0]]["Properties"]
            assert policy["maxReceiveCount"] >= 5
            assert dead_letters["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]

    def test_dead_letters_and_waiting_news_raise_an_alarm(self, resources: dict[str, Any]) -> None:
        metrics = {alarm["MetricName"] for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()}
        assert {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"} <= metrics

    def test_each_event_goes_to_the_notifications_the_rules_the_webhooks_the_figures_and_maybe_to_points(
        self, resources: dict[str, Any]
    ) -> None:
        queues = ("NotificationsQueue", "RulesQueue", "WebhooksQueue", "InsightQueue")
        if_asked_for = {"Fn::If": ["PointsAreWritten", {"Ref": "PointsQueue"}, {"Ref": "AWS::NoValue"}]}
        all_of_them = {"Fn::Join": [",", [*({"Ref": queue} for queue in queues), if_asked_for]]}
        given = {
            name: function["Environment"]["Variables"].get("MESA_EVENT_QUEUE_URLS")
            for name, function in of_type(resources, "AWS::Serverless::Function").items()
        }
        senders = {"APIHandler", "EventRelay", "Mailbox", "Rules", "RuleSweep", "SlaSweep"}
        assert {name: each for name, each in given.items() if each} == dict.fromkeys(senders, all_of_them)

    def test_what_any_queue_gives_up_on_or_keeps_waiting_raises_an_alarm(
        self, resources: dict[str, Any]
    ) -> None:
        watched = {
            (alarm["MetricName"], alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0])
            for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
            if alarm["Namespace"] == "AWS/SQS"
        }
        queues = of_type(resources, "AWS::SQS::Queue")
        fed = {name for name, queue in queues.items() if "RedrivePolicy" in queue}
        given_up = {queues[name]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for name in fed}
        assert fed | given_up == set(queues)
        assert watched == {
            *(("ApproximateNumberOfMessagesVisible", name) for name in given_up),
            *(("ApproximateAgeOfOldestMessage", name) for name in fed),
        }, "each queue has an alarm of its age, and one of its dead letters, in .chalice/resources"


class TestConnections:
    """However much comes in, the database has a connection for whoever works: docs/sizing.md."""

    def test_no_queue_wakes_more_functions_than_it_says(self, resources: dict[str, Any]) -> None:
        for _, source, _ in queue_readers(resources):
            assert source["ScalingConfig"]["MaximumConcurrency"] >= 2

    def test_the_api_runs_as_often_as_the_database_can_take_it(self, template: dict[str, Any]) -> None:
        api = template["Resources"]["APIHandler"]["Properties"]
        no_value = {"Ref": "AWS::NoValue"}
        limit = {"Fn::If": ["OnALaptop", no_value, {"Ref": "ApiConcurrency"}]}
        assert api["ReservedConcurrentExecutions"] == limit
        assert template["Parameters"]["ApiConcurrency"]["Default"] + OF_OTHERS <= CONNECTIONS

    def test_all_others_share_what_is_left_with_people(self, resources: dict[str, Any]) -> None:
        functions = of_type(resources, "AWS::Serverless::Function")
        seats = {
            name: most_at_once(function)
            for name, function in functions.items()
            if takes_a_seat(function) and name != "APIHandler"
        }
        assert sum(seats.values()) <= OF_OTHERS - FOR_PEOPLE, seats

    def test_a_scheduled_function_ends_before_it_begins_again(self, resources: dict[str, Any]) -> None:
        for name, function in of_type(resources, "AWS::Serverless::Function").items():
            for event in function.get("Events", {}).values():
                if event["Type"] == "Schedule":
                    number, unit = event["Properties"]["Schedule"].removeprefix("rate(").rstrip(")").split()
                    seconds = int(number) * {"minute": 60, "hour": 3600}[unit.rstrip("s")]
                    assert function["Timeout"] < seconds, name

    def test_the_page_about_sizes_says_so(self, template: dict[str, Any]) -> None:
        page = (PROJECT / "docs/sizing.md").read_text("utf-8")
        for name, function in of_type(template["Resources"], "AWS::Serverless::Function").items():
            if takes_a_seat(function) and name != "APIHandler":
                assert f"| {function_name(name)} | {most_at_once(function)} |" in page


class TestFunctions:
    @for_each("name", SETTINGS)
    def test_a_function_is_given_the_settings_that_it_needs_and_no_others(
        self, resources: dict[str, Any], name: str
    ) -> None:
        given = set(resources[name]["Properties"]["Environment"]["Variables"])
        variables = {field.metadata["variable"]: field.metadata for field in fields(SETTINGS[name])}
        required = {variable for variable, about in variables.items() if about["default"] is None}

        assert required <= given <= set(variables)

    def test_no_function_is_unknown_here(self, resources: dict[str, Any]) -> None:
        assert set(of_type(resources, "AWS::Serverless::Function")) == set(SETTINGS)

    @pytest.mark.parametrize("name", ["APIHandler", "Authorizer", "PublicStatus"])
    def test_what_answers_a_caller_ends_before_api_gateway_gives_up(
        self, resources: dict[str, Any], name: str
    ) -> None:
        assert resources[name]["Properties"]["Timeout"] < API_GATEWAY_TIMEOUT

    def test_every_function_raises_an_alarm_when_it_fails(self, resources: dict[str, Any]) -> None:
        alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
        watched = {
            alarm["Dimensions"][0]["Value"]["Ref"] for alarm in alarms if alarm["MetricName"] == "Errors"
        }
        assert watched == set(SETTINGS), "say in .chalice/resources what it means that a function fails"

    def test_every_function_raises_an_alarm_when_it_is_held_back(self, resources: dict[str, Any]) -> None:
        alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
        watched = {
            alarm["Dimensions"][0]["Value"]["Ref"] for alarm in alarms if alarm["MetricName"] == "Throttles"
        }
        assert watched == set(SETTINGS), "`make package` makes them: see local/watching.py"

    def test_what_calls_strangers_outlives_the_longest_call(self, resources: dict[str, Any]) -> None:
        assert resources["Egress"]["Properties"]["Timeout"] >= outbound.LONGEST_SECONDS + 5
        # Beside the call, the patience with a queue that does not answer.
        assert resources["Deliveries"]["Properties"]["Timeout"] >= outbound.LONGEST_SECONDS + 21

    def test_a_call_that_its_queue_gives_anew_is_too_old_by_then(self, resources: dict[str, Any]) -> None:
        """Whoever made it may have died with it. The delivery's lease ends, and it is signed anew."""
        hidden = resources["DeliveriesQueue"]["Properties"]["VisibilityTimeout"]
        assert dispatching.MADE_WITHIN_SECONDS < hidden <= dispatching.LEASE_SECONDS

    def test_a_hundred_deliveries_are_in_flight_at_once(self, resources: dict[str, Any]) -> None:
        (source,) = resources["Deliveries"]["Properties"]["Events"].values()
        most = source["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        assert most * source["Properties"]["BatchSize"] >= 100

    def test_the_public_look_up_cannot_starve_the_others(self, resources: dict[str, Any]) -> None:
        assert resources["PublicStatus"]["Properties"]["ReservedConcurrentExecutions"] >= 1

    def test_the_authorizer_and_what_calls_strangers_are_outside_the_vpc_and_the_others_follow_the_database(
        self, resources: dict[str, Any]
    ) -> None:
        inside = {
            name
            for name, function in of_type(resources, "AWS::Serverless::Function").items()
            if "VpcConfig" in function
        }
        assert inside == set(SETTINGS) - {"Authorizer", "Deliveries", "Egress", "Points"}

    def test_points_are_written_where_the_stack_is_told_of_a_server_and_cost_nothing_elsewhere(
        self, template: dict[str, Any]
    ) -> None:
        wanted = {"Fn::Not": [{"Fn::Equals": [{"Ref": "InfluxUrl"}, ""]}]}
        theirs = {name for name in template["Resources"] if name.startswith(("Point", "Influx"))}
        resources, outputs = template["Resources"], template["Outputs"]

        assert template["Conditions"]["PointsAreWritten"] == wanted
        assert template["Parameters"]["InfluxUrl"]["Default"] == ""
        assert theirs >= {"Points", "PointsQueue", "PointsDeadLetters", "PointsRole", "InfluxSecret"}
        assert {resources[name].get("Condition") for name in theirs} == {"PointsAreWritten"}
        assert {outputs[name]["Condition"] for name in outputs if name.startswith("Point")} == {
            "PointsAreWritten"
        }

    def test_what_writes_points_outlives_two_calls(self, resources: dict[str, Any]) -> None:
        assert resources["Points"]["Properties"]["Timeout"] >= 2 * outbound.LONGEST_SECONDS + 5


class TestWatching:
    """Alarms of what no single function or queue is to blame for, and the dashboard."""

    def test_the_dashboard_shows_every_function_and_every_queue(
        self, resources: dict[str, Any], body: dict[str, Any]
    ) -> None:
        shown = json.dumps(body)
        functions = {f"<{name}>" for name in of_type(resources, "AWS::Serverless::Function")}
        queues = {f"<{name}.QueueName>" for name in of_type(resources, "AWS::SQS::Queue")}

        assert {name for name in functions | queues if name not in shown} == set()

    def test_the_dashboard_refers_to_what_may_be_missing_under_its_condition(
        self, template: dict[str, Any]
    ) -> None:
        resources = template["Resources"]
        conditional = {name: each["Condition"] for name, each in resources.items() if "Condition" in each}
        conditional["DatabaseServer"] = "DatabaseIsWatched"
        (_, parts) = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Join"]

        for part in (part for part in parts if isinstance(part, dict)):
            name = named(part).partition(".")[0]
            under = part["Fn::If"][0] if "Fn::If" in part else None
            assert under == conditional.get(name)
            assert name in resources or name in template["Parameters"] or name == "AWS::Region"

    def test_widgets_stand_beside_one_another_and_have_what_cloudwatch_asks_for(
        self, body: dict[str, Any]
    ) -> None:
        places = set()
        for widget in body["widgets"]:
            assert widget["type"] == "metric"
            assert widget["x"] + widget["width"] <= 24
            assert {"title", "region", "view", "period", "stat", "metrics"} == set(widget["properties"])
            assert 1 <= len(widget["properties"]["metrics"]) <= 500
            places.add((widget["x"], widget["y"]))
        assert len(places) == len(body["widgets"]) <= 500

    @pytest.mark.parametrize(
        "words",
        [
            *("Count", "5XXError", "Latency", "Throttles", "ApproximateAgeOfOldestMessage"),
            *("DatabaseConnections", "SweepLate", "OldestUnsent", "EventAge", "EventsSent"),
        ],
    )
    def test_the_dashboard_has_what_a_desk_lives_by(self, body: dict[str, Any], words: str) -> None:
        assert any(words in json.dumps(widget["properties"]["metrics"]) for widget in body["widgets"])

    def test_all_that_alarms_watch_is_on_the_dashboard(
        self, resources: dict[str, Any], body: dict[str, Any]
    ) -> None:
        watched = {alarm["MetricName"] for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()}

        assert {name for name in watched if f'"{name}"' not in json.dumps(body)} == set()

    def test_every_alarm_is_heard_where_there_is_somebody_to_hear_it(self, resources: dict[str, Any]) -> None:
        heard = {"Fn::If": ["AlarmsAreHeard", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
        for name, alarm in of_type(resources, "AWS::CloudWatch::Alarm").items():
            assert alarm["AlarmActions"] == heard, name
            assert alarm["AlarmDescription"].endswith("."), name

    @pytest.mark.parametrize(
        ("name", "metric", "missing"),
        [
            ("ApiLatency", "Latency", "notBreaching"),
            ("SweepIsLate", "SweepLate", "breaching"),
            ("NewsIsLate", "OldestUnsent", "breaching"),
            ("DatabaseConnections", "DatabaseConnections", "notBreaching"),
            ("DatabaseCpu", "CPUUtilization", "notBreaching"),
            ("DatabaseMemory", "FreeableMemory", "notBreaching"),
            ("DatabaseStorageLow", "FreeStorageSpace", "notBreaching"),
            ("DatabaseCapacity", "ACUUtilization", "notBreaching"),
            ("DatabaseReplicaLag", "AuroraReplicaLag", "notBreaching"),
        ],
    )
    def test_a_clock_that_says_nothing_is_late(
        self, resources: dict[str, Any], name: str, metric: str, missing: str
    ) -> None:
        alarm = resources[name]["Properties"]

        assert (alarm["MetricName"], alarm["TreatMissingData"]) == (metric, missing)

    def test_connections_are_watched_before_they_are_gone(self, template: dict[str, Any]) -> None:
        most = template["Parameters"]["ApiConcurrency"]["Default"] + OF_OTHERS
        assert template["Parameters"]["DatabaseConnectionsAlarm"]["Default"] <= 0.9 * most
        assert template["Resources"]["DatabaseConnections"]["Condition"] == "DatabaseIsWatched"

    def test_there_is_room_for_as_many_resources_again(self, resources: dict[str, Any]) -> None:
        """CloudFormation takes 500; a function brings its role, its log group, its source and its rights."""
        events = [
            event
            for function in of_type(resources, "AWS::Serverless::Function").values()
            for event in function.get("Events", {})
        ]
        assert len(resources) + 2 * len(events) <= 400


class TestRights:
    def statements(self, resources: dict[str, Any], name: str) -> list[dict[str, Any]]:
        role = resources[resources[name]["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
        return [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]

    def test_functions_share_no_role(self, resources: dict[str, Any]) -> None:
        roles = [resources[name]["Properties"]["Role"]["Fn::GetAtt"][0] for name in SETTINGS]
        assert len(set(roles)) == len(roles)

    @for_each("name", SETTINGS)
    def test_a_right_names_its_actions_and_its_target(self, resources: dict[str, Any], name: str) -> None:
        for statement in self.statements(resources, name):
            actions = statement["Action"]
            assert "*" not in "".join(actions)
            assert statement["Resource"] != "*" or statement["Sid"] in UNNARROWED

    def test_the_signing_key_is_read_by_the_api_alone(self, resources: dict[str, Any]) -> None:
        readers = {
            name for name in SETTINGS if '"SigningSecret"' in json.dumps(self.statements(resources, name))
        }
        assert readers == {"APIHandler"}

    def test_the_key_of_webhooks_is_read_by_who_signs_their_calls(self, resources: dict[str, Any]) -> None:
        readers = {
            name for name in SETTINGS if '"WebhookSecret"' in json.dumps(self.statements(resources, name))
        }
        assert readers == {"APIHandler", "DeliveryResults", "WebhookSweep", "Webhooks"}

    def test_what_makes_the_calls_of_a_queue_tells_of_them_and_can_do_nothing_else(
        self, resources: dict[str, Any]
    ) -> None:
        statements = self.statements(resources, "Deliveries")
        assert [statement["Sid"] for statement in statements] == ["OwnLogs", "OwnQueue", "DeliveryResults"]

    def test_what_writes_points_reads_its_token_and_can_do_nothing_else(
        self, resources: dict[str, Any]
    ) -> None:
        statements = self.statements(resources, "Points")
        readers = {
            name for name in SETTINGS if '"InfluxSecret"' in json.dumps(self.statements(resources, name))
        }
        assert [statement["Sid"] for statement in statements] == ["OwnLogs", "OwnQueue", "InfluxToken"]
        assert readers == {"Points"}

    def test_anchors_are_written_by_their_function_alone_and_deleted_by_none(
        self, resources: dict[str, Any]
    ) -> None:
        rights = {
            name: {
                action
                for statement in self.statements(resources, name)
                if '"AuditAnchors' in json.dumps(statement) or "${AuditAnchors" in json.dumps(statement)
                for action in [statement["Action"]]
            }
            for name in SETTINGS
        }
        assert {name: allowed for name, allowed in rights.items() if allowed} == {
            "APIHandler": {"s3:ListBucket", "s3:GetObject"},
            "AuditAnchor": {"s3:ListBucket", "s3:GetObject", "s3:PutObject"},
        }

    @pytest.mark.parametrize("name", ["Authorizer", "Egress"])
    def test_who_holds_no_secret_may_write_its_logs_and_nothing_else(
        self, resources: dict[str, Any], name: str
    ) -> None:
        assert [statement["Sid"] for statement in self.statements(resources, name)] == ["OwnLogs"]

    def test_the_api_alone_may_have_strangers_called(self, resources: dict[str, Any]) -> None:
        rights = {
            name: [each for each in self.statements(resources, name) if "lambda:" in json.dumps(each)]
            for name in SETTINGS
        }
        assert {name: found for name, found in rights.items() if found} == {
            "APIHandler": [
                {
                    "Sid": "StrangersAreCalled",
                    "Effect": "Allow",
                    "Action": "lambda:InvokeFunction",
                    "Resource": {"Fn::GetAtt": ["Egress", "Arn"]},
                }
            ]
        }

    def test_files_about_people_are_made_by_the_jobs_read_by_the_api_and_are_nobody_elses(
        self, resources: dict[str, Any]
    ) -> None:
        rights = {
            name: [
                statement["Action"]
                for statement in self.statements(resources, name)
                if '"Exports"' in json.dumps(statement) or "${Exports." in json.dumps(statement)
            ]
            for name in SETTINGS
        }
        assert {name: allowed for name, allowed in rights.items() if allowed} == {
            "APIHandler": ["s3:GetObject", "s3:PutObject"],
            "Jobs": [
                "s3:ListBucket",
                ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload", "s3:DeleteObject"],
            ],
        }

    def test_secret_parameters_are_not_echoed(self, template: dict[str, Any]) -> None:
        for name in ("DatabaseSecretValue", "SigningSecretValue", "WebhookSecretValue"):
            assert template["Parameters"][name]["NoEcho"] is True


class TestFeedback:
    """What SES tells of mails comes by a topic that nobody else publishes to."""

    def test_mails_go_out_under_the_set_whose_bounces_and_complaints_are_published(
        self, resources: dict[str, Any]
    ) -> None:
        events = resources["MailFeedbackEvents"]["Properties"]
        told = events["EventDestination"]
        variables = resources["Notifications"]["Properties"]["Environment"]["Variables"]

        assert events["ConfigurationSetName"] == {"Ref": "MailSending"}
        assert variables["MESA_MAIL_CONFIGURATION_SET"] == {"Ref": "MailSending"}
        assert (told["Enabled"], told["MatchingEventTypes"]) == (True, ["bounce", "complaint"])
        assert told["SnsDestination"] == {"TopicARN": {"Ref": "MailFeedbackTopic"}}
        assert resources["MailFeedbackEvents"]["DependsOn"] == "MailFeedbackTopicPolicy"

    def test_ses_keeps_no_list_of_its_own_that_one_workspace_could_fill_for_another(
        self, resources: dict[str, Any]
    ) -> None:
        assert resources["MailSending"]["Properties"]["SuppressionOptions"] == {"SuppressedReasons": []}

    def test_only_ses_publishes_to_the_topic(self, resources: dict[str, Any]) -> None:
        policy = resources["MailFeedbackTopicPolicy"]["Properties"]
        (statement,) = policy["PolicyDocument"]["Statement"]

        assert policy["Topics"] == [{"Ref": "MailFeedbackTopic"}]
        assert (statement["Principal"], statement["Action"]) == (
            {"Service": "ses.amazonaws.com"},
            "sns:Publish",
        )
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]
        assert source.endswith(":configuration-set/${MailSending}")

    def test_only_the_topic_fills_the_queue(self, resources: dict[str, Any]) -> None:
        subscription = resources["MailFeedbackSubscription"]["Properties"]
        policy = resources["MailFeedbackQueuePolicy"]["Properties"]["PolicyDocument"]
        (statement,) = policy["Statement"]

        assert subscription["TopicArn"] == {"Ref": "MailFeedbackTopic"}
        assert subscription["Endpoint"] == {"Fn::GetAtt": ["MailFeedbackQueue", "Arn"]}
        assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
        assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "MailFeedbackTopic"}}}
        assert resources["MailFeedbackSubscription"]["DependsOn"] == "MailFeedbackQueuePolicy"


class TestAnchors:
    def test_the_bucket_is_private_encrypted_and_keeps_every_version(self, resources: dict[str, Any]) -> None:
        bucket = resources["AuditAnchors"]["Properties"]

        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert "AES256" in json.dumps(bucket["BucketEncryption"])
        assert resources["AuditAnchors"]["DeletionPolicy"] == "Retain"

    def test_it_is_locked_wherever_the_internet_is(self, template: dict[str, Any]) -> None:
        bucket = template["Resources"]["AuditAnchors"]["Properties"]
        condition, laptop, elsewhere = bucket["ObjectLockConfiguration"]["Fn::If"]

        assert condition == "OnALaptop"
        assert laptop == {"Ref": "AWS::NoValue"}
        assert elsewhere["Rule"]["DefaultRetention"]["Mode"] == "COMPLIANCE"


class TestFiles:
    def test_the_bucket_is_private_encrypted_and_keeps_versions(self, resources: dict[str, Any]) -> None:
        bucket = resources["AttachmentFiles"]["Properties"]

        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        assert "AES256" in json.dumps(bucket["BucketEncryption"])
        assert resources["AttachmentFiles"]["DeletionPolicy"] == "Retain"

    def test_no_lifecycle_takes_the_version_that_counts(self, resources: dict[str, Any]) -> None:
        """It need not be the newest: whatever was sent after it never counts."""
        (rule,) = resources["AttachmentFiles"]["Properties"]["LifecycleConfiguration"]["Rules"]

        assert set(rule) == {"Id", "Status", "AbortIncompleteMultipartUpload"}

    def test_the_bucket_is_reached_by_tls_alone(self, resources: dict[str, Any]) -> None:
        (statement,) = resources["AttachmentFilesOverTls"]["Properties"]["PolicyDocument"]["Statement"]

        assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert "AuditAnchors" not in json.dumps(statement)

    def test_each_new_object_is_told_of(self, resources: dict[str, Any]) -> None:
        bucket = resources["AttachmentFiles"]

        (told,) = bucket["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
        assert told == {"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": ["AttachmentsQueue", "Arn"]}}
        assert "AttachmentsQueuePolicy" in bucket["DependsOn"]

    def test_only_buckets_and_rules_of_this_account_speak_to_the_queue(
        self, resources: dict[str, Any]
    ) -> None:
        policy = resources["AttachmentsQueuePolicy"]["Properties"]["PolicyDocument"]

        for statement in policy["Statement"]:
            assert statement["Principal"].keys() == {"Service"}
            assert statement["Action"] == "sqs:SendMessage"
            assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}

    def test_what_is_given_up_on_or_waits_raises_an_alarm(self, resources: dict[str, Any]) -> None:
        watched = {
            (alarm["MetricName"], alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0])
            for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
            if alarm["Namespace"] == "AWS/SQS"
        }
        assert watched >= {
            ("ApproximateNumberOfMessagesVisible", "AttachmentsDeadLetters"),
            ("ApproximateAgeOfOldestMessage", "AttachmentsQueue"),
        }

    def test_results_of_a_scanner_come_where_one_is_asked_for(self, resources: dict[str, Any]) -> None:
        rule = resources["ScanResults"]

        assert rule["Condition"] == "FilesAreScanned"
        assert rule["Properties"]["EventPattern"]["detail-type"] == [SCAN_RESULT]
        assert rule["Properties"]["Targets"][0]["Arn"] == {"Fn::GetAtt": ["AttachmentsQueue", "Arn"]}

    def test_case_71_through_cloudfront_files_say_nosniff(self, template: dict[str, Any]) -> None:
        resources = template["Resources"]
        behaviour = resources["AttachmentDownloads"]["Properties"]["DistributionConfig"][
            "DefaultCacheBehavior"
        ]
        headers = resources[behaviour["ResponseHeadersPolicyId"]["Ref"]]["Properties"]
        security = headers["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        address = resources["APIHandler"]["Properties"]["Environment"]["Variables"]["MESA_DOWNLOAD_URL"]

        assert security["ContentTypeOptions"] == {"Override": True}
        assert "sandbox" in security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        assert behaviour["ViewerProtocolPolicy"] == "https-only"
        assert address["Fn::If"][0] == resources["AttachmentDownloads"]["Condition"]
        assert template["Conditions"][address["Fn::If"][0]] == {
            "Fn::Equals": [{"Ref": "Downloads"}, "cloudfront"]
        }

    def test_cloudfront_passes_on_what_was_signed_and_opens_nothing_itself(
        self, resources: dict[str, Any]
    ) -> None:
        requests = resources["AttachmentDownloadRequests"]["Properties"]["OriginRequestPolicyConfig"]
        (origin,) = resources["AttachmentDownloads"]["Properties"]["DistributionConfig"]["Origins"]

        assert requests["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
        assert requests["CookiesConfig"] == {"CookieBehavior": "none"}
        assert "Host" not in requests["HeadersConfig"]["Headers"]
        assert origin["DomainName"] == {"Fn::GetAtt": ["AttachmentFiles", "RegionalDomainName"]}
        assert "OriginAccessControlId" not in origin

    @pytest.mark.parametrize(
        ("bucket", "methods"), [("AttachmentFiles", {"GET", "POST"}), ("Exports", {"POST"})]
    )
    def test_pages_send_and_fetch_files_and_do_nothing_else(
        self, resources: dict[str, Any], bucket: str, methods: set[str]
    ) -> None:
        rules = resources[bucket]["Properties"]["CorsConfiguration"]["CorsRules"]

        assert [set(rule["AllowedMethods"]) for rule in rules] == [methods, methods]
        assert rules[0]["AllowedOrigins"] == {"Ref": "UploadOrigins"}

    @pytest.mark.parametrize("bucket", ["AttachmentFiles", "Exports"])
    @pytest.mark.parametrize(
        ("address", "origin"),
        [
            ("https://desk.example.com/api", "https://desk.example.com"),
            ("http://127.0.0.1:4566/api", "http://127.0.0.1:4566"),
        ],
    )
    def test_the_desks_own_pages_send_files_whichever_others_may(
        self, resources: dict[str, Any], bucket: str, address: str, origin: str
    ) -> None:
        (_, own) = resources[bucket]["Properties"]["CorsConfiguration"]["CorsRules"]

        assert [worked_out(each, {"PublicUrl": address}) for each in own["AllowedOrigins"]] == [origin]


class TestMail:
    def test_the_bucket_is_private_encrypted_and_forgets_within_a_season(
        self, resources: dict[str, Any]
    ) -> None:
        bucket = resources["IncomingMail"]["Properties"]
        rules = bucket["LifecycleConfiguration"]["Rules"]

        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert "AES256" in json.dumps(bucket["BucketEncryption"])
        assert [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule] == [90]
        assert resources["IncomingMail"]["DeletionPolicy"] == "Retain"

    def test_each_mail_is_told_of(self, resources: dict[str, Any]) -> None:
        bucket = resources["IncomingMail"]
        policy = resources["MailboxQueuePolicy"]["Properties"]["PolicyDocument"]

        (told,) = bucket["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
        assert told == {"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": ["MailboxQueue", "Arn"]}}
        assert "MailboxQueuePolicy" in bucket["DependsOn"]
        assert [each["Principal"] for each in policy["Statement"]] == [{"Service": "s3.amazonaws.com"}]

    def test_ses_stores_what_it_has_scanned_and_nobody_else_may(self, resources: dict[str, Any]) -> None:
        rule = resources["IncomingMailRule"]["Properties"]["Rule"]
        statements = resources["IncomingMailOverTls"]["Properties"]["PolicyDocument"]["Statement"]

        assert (rule["Enabled"], rule["ScanEnabled"]) == (True, True)
        assert rule["Actions"] == [
            {"S3Action": {"BucketName": {"Ref": "IncomingMail"}, "ObjectKeyPrefix": "incoming/"}}
        ]
        assert [(each["Effect"], each["Action"]) for each in statements] == [
            ("Deny", "s3:*"),
            ("Allow", "s3:PutObject"),
        ]
        assert statements[1]["Principal"] == {"Service": "ses.amazonaws.com"}
        assert statements[1]["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}

    def test_who_takes_mail_in_reads_it_and_cannot_delete_it(self, resources: dict[str, Any]) -> None:
        role = resources[resources["Mailbox"]["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
        rights = {
            statement["Action"]
            for policy in role["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
            if isinstance(statement["Action"], str) and statement["Action"].startswith("s3:")
        }
        assert rights == {"s3:GetObject", "s3:ListBucket", "s3:PutObject"}


class TestExports:
    def test_people_send_imports_there_and_nothing_else(self, resources: dict[str, Any]) -> None:
        sent = [
            statement["Resource"]["Fn::Sub"]
            for statement in TestRights().statements(resources, "APIHandler")
            if statement["Action"] == "s3:PutObject" and "${Exports." in json.dumps(statement)
        ]
        assert sent == ["${Exports.Arn}/imports/*"]

    def test_the_bucket_is_private_encrypted_and_forgets_within_a_week(
        self, resources: dict[str, Any]
    ) -> None:
        bucket = resources["Exports"]["Properties"]
        (rule,) = bucket["LifecycleConfiguration"]["Rules"]

        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert "AES256" in json.dumps(bucket["BucketEncryption"])
        assert "VersioningConfiguration" not in bucket
        assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", FILE_DAYS)
        assert not rule.keys() & {"Prefix", "Filter"}
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def worked_out(value: Any, parameters: dict[str, str]) -> Any:
    """What CloudFormation makes of a value that is joined of parts of a parameter."""
    match value:
        case {"Ref": name}:
            return parameters[name]
        case {"Fn::Split": [mark, text]}:
            return worked_out(text, parameters).split(mark)
        case {"Fn::Select": [place, items]}:
            return worked_out(items, parameters)[place]
        case {"Fn::Join": [mark, parts]}:
            return mark.join(worked_out(part, parameters) for part in parts)
    return value


class TestGateway:
    def test_what_is_larger_than_a_kilobyte_goes_out_compressed(self, resources: dict[str, Any]) -> None:
        assert resources["RestAPI"]["Properties"]["MinimumCompressionSize"] == 1024

    def test_the_public_look_up_goes_to_its_own_function(self, paths: dict[str, Any]) -> None:
        operation = paths["/v1/public/{workspace}/ticket-status"]["post"]
        assert "${PublicStatusAliaslive}" in json.dumps(operation["x-amazon-apigateway-integration"]["uri"])

    def test_a_policy_of_the_authorizer_is_kept_for_a_minute_at_most(self, resources: dict[str, Any]) -> None:
        definitions = resources["RestAPI"]["Properties"]["DefinitionBody"]["securityDefinitions"]
        for definition in definitions.values():
            authorizer = definition["x-amazon-apigateway-authorizer"]
            assert authorizer["authorizerResultTtlInSeconds"] <= 60

    def test_other_methods_of_a_known_path_are_not_allowed(self, paths: dict[str, Any]) -> None:
        for methods in paths.values():
            answer = methods["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]["responses"]
            allowed = answer["default"]["responseParameters"]["method.response.header.Allow"]
            known = {name.upper() for name in methods if not name.startswith("x-")}
            assert answer["default"]["statusCode"] == "405"
            assert set(allowed.strip("'").split(", ")) == known

    def test_refusals_of_api_gateway_are_problems_like_any_other(self, resources: dict[str, Any]) -> None:
        body = resources["RestAPI"]["Properties"]["DefinitionBody"]
        for response in body["x-amazon-apigateway-gateway-responses"].values():
            problem = json.loads(response["responseTemplates"]["application/json"])
            headers = response["responseParameters"]
            assert set(problem) == {"type", "title", "status", "detail", "code", "request_id", "errors"}
            assert str(problem["status"]) == response["statusCode"]
            assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
            assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
            for name in ("Cache-Control", "Strict-Transport-Security", "X-Content-Type-Options"):
                assert headers[f"gatewayresponse.header.{name}"] == f"'{FOR_BROWSERS[name]}'"
            assert ("gatewayresponse.header.Retry-After" in headers) == (problem["status"] in (429, 503, 504))

    def test_each_refusal_of_api_gateway_that_there_is_is_ours(self, resources: dict[str, Any]) -> None:
        """API Gateway Developer Guide, "Gateway response types"."""
        body = resources["RestAPI"]["Properties"]["DefinitionBody"]
        assert set(body["x-amazon-apigateway-gateway-responses"]) == {
            *("ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR"),
            *("AUTHORIZER_FAILURE", "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX"),
            *("DEFAULT_5XX", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"),
            *("INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED"),
            *("REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED"),
            *("UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"),
        }

    def test_all_requests_are_held_to_a_rate_and_those_of_strangers_to_a_lower_one(
        self, template: dict[str, Any], paths: dict[str, Any]
    ) -> None:
        settings = template["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
        rates = {(each["HttpMethod"], each["ResourcePath"]): each["ThrottlingRateLimit"] for each in settings}
        strangers = {path for (method, path), need in ROUTES.items() if need == PUBLIC and method == "POST"}
        held = {path.removeprefix("/").replace("~1", "/") for method, path in rates if method == "POST"}

        assert rates.pop(("*", "/*")) == {"Ref": "RequestRate"}
        assert all(rate == {"Ref": "PublicRequestRate"} for rate in rates.values())
        assert held == strangers <= set(paths)
        assert ("POST", "/~1v1~1auth~1login") in rates
        given = template["Parameters"]
        assert given["PublicRequestRate"]["Default"] < given["RequestRate"]["Default"]

    def test_requests_are_logged_without_addresses_queries_and_headers(
        self, resources: dict[str, Any]
    ) -> None:
        condition, log, nothing = resources["RestAPI"]["Properties"]["AccessLogSetting"]["Fn::If"]
        logged = json.loads(log["Format"])

        assert (condition, nothing) == ("AccessIsLogged", {"Ref": "AWS::NoValue"})
        assert {"request_id", "route", "status", "milliseconds"} <= set(logged)
        assert not {"$context.path", "$context.identity.userAgent"} & set(logged.values())
        assert not [each for each in logged.values() if "query" in each.lower() or "header" in each.lower()]
        assert resources["AccessLogs"]["Properties"]["RetentionInDays"] == 30

    def test_an_own_name_is_served_by_tls_1_2_and_newer_alone(self, resources: dict[str, Any]) -> None:
        assert resources["Domain"]["Properties"]["SecurityPolicy"] == "TLS_1_2"
        assert resources["DomainPath"]["Properties"]["BasePath"] == {"Ref": "DomainBasePath"}

    def test_the_firewall_blocks_a_flood_and_counts_what_texts_of_tickets_look_like(
        self, resources: dict[str, Any]
    ) -> None:
        rules = {rule["Name"]: rule for rule in resources["WebFirewall"]["Properties"]["Rules"]}
        groups = {
            name: rule["Statement"]["ManagedRuleGroupStatement"]
            for name, rule in rules.items()
            if "ManagedRuleGroupStatement" in rule["Statement"]
        }
        counted = groups["CommonAttacks"]["RuleActionOverrides"]

        assert rules["RateOfAnAddress"]["Action"] == {"Block": {}}
        assert {group["VendorName"] for group in groups.values()} == {"AWS"}
        assert {each["Name"] for each in counted} >= {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"}
        assert all(each["ActionToUse"] == {"Count": {}} for each in counted)


class TestVersions:
    """What is live is a published version, behind an alias that moves when all is done."""

    BY_NAME = frozenset({"Egress", "Migrate"})

    def test_functions_are_published_for_each_new_code_setting_and_parameter(
        self, resources: dict[str, Any]
    ) -> None:
        functions = of_type(resources, "AWS::Serverless::Function")
        assert {name for name, each in functions.items() if "AutoPublishAlias" not in each} <= self.BY_NAME
        for name, function in functions.items():
            if name not in self.BY_NAME:
                assert function["AutoPublishAlias"] == "live"
                assert function["AutoPublishAliasAllProperties"] is True
                assert "${Revision}" in json.dumps(function["VersionDescription"])
                assert function["Description"] == function["VersionDescription"]
                assert resources[name]["DeletionPolicy"] == "Delete", "Lambda keeps 75 GB of code, no more"

    def test_api_gateway_calls_what_is_live(self, resources: dict[str, Any]) -> None:
        body = json.dumps(resources["RestAPI"]["Properties"]["DefinitionBody"])
        permitted = {
            each["FunctionName"]["Ref"]
            for each in of_type(resources, "AWS::Lambda::Permission").values()
            if each["Principal"] == "apigateway.amazonaws.com"
        }

        assert ".Arn}/invocations" not in body
        assert permitted == {"APIHandlerAliaslive", "AuthorizerAliaslive", "PublicStatusAliaslive"}
        assert all(f"${{{name}}}/invocations" in body for name in permitted)


class TestLint:
    """cfn-lint on what CloudFormation is given, with everything that may be asked for."""

    GIVEN: ClassVar[dict[str, str]] = {
        "Stage": "prod",
        "MailFrom": "Desk <desk@example.com>",
        "MailIdentity": "example.com",
        "MailDomain": "mail.example.com",
        "MailRuleSet": "default",
        "PublicUrl": "https://desk.example.com/api",
        "VpcId": "vpc-0123456789abcdef0",
        "SubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
        "SecurityGroupIds": "sg-0123456789abcdef0",
        "AlarmTopicArn": "arn:aws:sns:eu-west-1:123456789012:alarms",
        "DatabaseInstance": "desk",
        "InfluxUrl": "https://influx.example.com",
        "Scanner": "external",
        "Downloads": "cloudfront",
        "Firewall": "managed",
        "GatewayLogRole": "own",
        "DomainName": "desk.example.com",
        "DomainCertificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/1",
        "DatabaseSecretValue": "{}",
        "SigningSecretValue": "{}",
        "WebhookSecretValue": "{}",
        "TokenPublicKeys": "{}",
    }
    ALARMS = 5

    def test_cfn_lint_has_nothing_to_say(self, template: dict[str, Any]) -> None:
        whole = settled(copy.deepcopy(template), self.GIVEN)
        resources = whole["Resources"]
        for function in of_type(resources, "AWS::Serverless::Function").values():
            function["CodeUri"] = "s3://bucket/key.zip"
        # What takes it long and is alike: tests of their own look at each path, and at each alarm.
        paths = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
        some = ("/health", "/v1/public/{workspace}/ticket-status")
        resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"] = {path: paths[path] for path in some}
        for name in list(of_type(resources, "AWS::CloudWatch::Alarm"))[self.ALARMS :]:
            del resources[name]
        found = lint(json.dumps(whole), config=ManualArgs(regions=["eu-west-1"]))

        assert [
            f"{each.rule.id} {'/'.join(map(str, each.path or ()))} {each.message}" for each in found
        ] == []


class TestSizes:
    def test_api_gateways_300_resources_are_enough(self, paths: dict[str, Any]) -> None:
        """Each beginning of a path is one."""
        parts = [path.strip("/").split("/") for path in paths]
        resources = {tuple(each[:length]) for each in parts for length in range(1, len(each) + 1)}

        assert len(paths) < len(resources) <= 240

    def test_three_quarters_of_cloudformations_megabyte_are_enough(self, folder: Path) -> None:
        assert (folder / "sam.json").stat().st_size <= 0.75 * MEGABYTE

    def test_the_code_stays_below_15_megabytes(self, folder: Path) -> None:
        assert (folder / "deployment.zip").stat().st_size <= 15 * MEGABYTE


class TestCode:
    def test_no_sdk_and_no_tests_are_carried_along(self, files: set[str]) -> None:
        tops = {name.split("/")[0] for name in files}
        assert not tops & {"boto3", "botocore", "tests", "local", "benchmarks", "alembic"}

    def test_pages_mails_and_assets_come_along(self, files: set[str]) -> None:
        kinds = {".css", ".html", ".js", ".svg", ".toml", ".txt"}
        shown = {
            path.relative_to(PROJECT).as_posix()
            for path in (PROJECT / "chalicelib").rglob("*")
            if path.suffix in kinds
        }
        assert "chalicelib/api/pages/form.html" in shown
        assert shown <= files

    def test_the_application_comes_as_its_bytecode(self, files: set[str]) -> None:
        sources = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "chalicelib").rglob("*.py")}

        assert sources
        assert {f"{source}c" for source in sources} | {"app.pyc"} <= files
        assert not sources & files


MADE = {"rds": "DatabaseServer", "aurora": "DatabaseCluster"}


class TestDatabase:
    @pytest.mark.parametrize("name", MADE.values())
    def test_what_is_made_is_encrypted_kept_and_gone_back_in(
        self, resources: dict[str, Any], name: str
    ) -> None:
        database = resources[name]

        assert database["Properties"]["StorageEncrypted"] is True
        assert database["Properties"]["BackupRetentionPeriod"] == {"Ref": "DatabaseBackupDays"}
        assert database["Properties"]["DeletionProtection"] == {
            "Fn::If": ["DatabaseIsProtected", True, False]
        }
        assert (database["DeletionPolicy"], database["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")

    @pytest.mark.parametrize("name", MADE.values())
    def test_the_owners_password_is_made_and_rotated_by_rds(
        self, resources: dict[str, Any], name: str
    ) -> None:
        properties = resources[name]["Properties"]

        assert (properties["MasterUsername"], properties["ManageMasterUserPassword"]) == ("mesa_owner", True)
        assert "MasterUserPassword" not in properties

    @pytest.mark.parametrize("name", ["DatabaseParameters", "DatabaseClusterParameters"])
    def test_nobody_connects_without_tls(self, resources: dict[str, Any], name: str) -> None:
        assert resources[name]["Properties"]["Parameters"]["rds.force_ssl"] == "1"

    @pytest.mark.parametrize("name", ["DatabaseServer", "DatabaseWriter", "DatabaseReader"])
    def test_no_server_has_a_public_address(self, resources: dict[str, Any], name: str) -> None:
        assert resources[name]["Properties"]["PubliclyAccessible"] is False

    def test_aurora_can_pause(self, template: dict[str, Any]) -> None:
        scaling = template["Resources"]["DatabaseCluster"]["Properties"]["ServerlessV2ScalingConfiguration"]

        assert template["Parameters"]["DatabaseLeastCapacity"]["MinValue"] == 0
        assert scaling["MinCapacity"] == {"Ref": "DatabaseLeastCapacity"}
        assert scaling["SecondsUntilAutoPause"]["Fn::If"][:2] == [
            "AuroraPauses",
            {"Ref": "DatabasePauseSeconds"},
        ]

    def test_nothing_of_a_made_database_is_there_under_another(self, template: dict[str, Any]) -> None:
        theirs = {"AWS::RDS", "AWS::EC2"}
        of_network = {
            name: resource.get("Condition")
            for name, resource in template["Resources"].items()
            if "::".join(resource["Type"].split("::")[:2]) in theirs
        }
        assert set(of_network.values()) <= {
            *("AuroraHasReader", "DatabaseHasProxy", "DatabaseIsAurora", "DatabaseIsMade", "DatabaseIsRds"),
            "MakesNetwork",
        }

    def test_the_login_is_made_where_the_database_is_and_given_elsewhere(
        self, template: dict[str, Any]
    ) -> None:
        secret = template["Resources"]["DatabaseSecret"]["Properties"]
        condition, made, _ = secret["GenerateSecretString"]["Fn::If"]
        login = json.loads(re.sub(r"\$\{Host\}", "db.example", made["SecretStringTemplate"]["Fn::Sub"][0]))

        assert condition == "DatabaseIsMade"
        assert (login["username"], login["sslmode"]) == ("mesa_app", "verify-full")
        assert secret["SecretString"]["Fn::If"][2] == {"Ref": "DatabaseSecretValue"}
        assert template["Parameters"]["OwnerSecretValue"]["NoEcho"] is True


class TestMigration:
    def test_no_function_with_a_login_is_replaced_before_the_schema(self, resources: dict[str, Any]) -> None:
        waiting = {name for name, each in resources.items() if each.get("DependsOn") == "Migration"}
        functions = of_type(resources, "AWS::Serverless::Function")

        assert waiting == {name for name, function in functions.items() if takes_a_seat(function)}

    def test_it_is_asked_for_whenever_a_migration_changes(self, resources: dict[str, Any]) -> None:
        asked = resources["Migration"]["Properties"]

        assert re.fullmatch(r"[0-9a-f]{16}", asked["Code"])
        assert asked["ServiceTimeout"] > resources["Migrate"]["Properties"]["Timeout"]
        assert {"FilesEndpoint", "SecretsEndpoint", "DatabaseWriter"} <= set(
            resources["Migration"]["DependsOn"]
        )

    def test_its_package_has_all_that_it_imports_and_little_else(self, folder: Path) -> None:
        """Imported from the package alone, by an interpreter that knows no other."""
        code = (
            "import migrations.function, migrations.rotation, migrations.applying as a; assert a.head();"
            "import zoneinfo; zoneinfo.reset_tzpath(()); zoneinfo.ZoneInfo('Europe/Madrid')"
        )
        command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, sys.argv[1]); {code}"]
        unpacked = folder / "unpacked"
        with zipfile.ZipFile(folder / "migration.zip") as archive:
            archive.extractall(unpacked)
        ended = subprocess.run([*command, str(unpacked)], check=False, capture_output=True, text=True)

        assert ended.stderr == ""
        assert (folder / "migration.zip").stat().st_size <= 6 * MEGABYTE

    def test_rotation_is_for_secrets_manager_alone(self, resources: dict[str, Any]) -> None:
        permission = resources["RotateLoginInvokePermission"]["Properties"]

        assert permission["Principal"] == "secretsmanager.amazonaws.com"
        assert permission["SourceArn"] == {"Ref": "DatabaseSecret"}
        assert "Migration" in resources["DatabaseSecretRotation"]["DependsOn"]


class TestNetwork:
    def test_there_is_no_way_in_or_out(self, resources: dict[str, Any]) -> None:
        kinds = {resource["Type"] for resource in resources.values()}

        assert not kinds & {"AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::Route"}

    def test_subnets_lie_in_two_zones(self, resources: dict[str, Any]) -> None:
        zones = [
            resources[name]["Properties"]["AvailabilityZone"]["Fn::Select"][0]
            for name in ("SubnetOne", "SubnetTwo")
        ]
        assert zones == [0, 1]

    def test_only_functions_and_the_proxy_reach_the_database(self, resources: dict[str, Any]) -> None:
        heard = [
            rule
            for rule in of_type(resources, "AWS::EC2::SecurityGroupIngress").values()
            if rule["GroupId"] == {"Fn::GetAtt": ["DatabaseSecurityGroup", "GroupId"]}
        ]
        assert len(heard) == 2
        assert {(rule["FromPort"], rule["ToPort"]) for rule in heard} == {(5432, 5432)}
        assert not any("CidrIp" in rule for rule in heard)
        assert "SecurityGroupIngress" not in resources["DatabaseSecurityGroup"]["Properties"]

    def test_each_service_that_is_called_inside_has_an_endpoint(self, resources: dict[str, Any]) -> None:
        """By the actions of the roles inside; logs are Lambda's own, and network interfaces are EC2's."""
        called = {
            action.split(":")[0]
            for name, function in of_type(resources, "AWS::Serverless::Function").items()
            if "VpcConfig" in function
            for statement in TestRights().statements(resources, name)
            if statement["Sid"] != "OwnQueue"
            for action in (
                [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            )
        } - {"logs", "ec2"}
        services = {
            each["ServiceName"]["Fn::Sub"].rpartition(".")[2].replace("email", "ses")
            for each in of_type(resources, "AWS::EC2::VPCEndpoint").values()
        }
        assert called == services
