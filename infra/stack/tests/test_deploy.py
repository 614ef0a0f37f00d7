"""What deploy.py does with a change set that would swap in an empty table, on a stub that refuses every other call."""

import json
import re
import sys
import unittest
from pathlib import Path

import boto3
from botocore.stub import ANY, Stubber

STACK_FOLDER = Path(__file__).parent.parent
sys.path.insert(0, str(STACK_FOLDER))
import deploy  # noqa: E402

TEMPLATE = {"TemplateBody": "Resources: {}"}
RESOURCE = re.compile(r"(?m)^  (\w+):\n    Type: (\S+)$")


def resource_change(action, logical_id, resource_type, **more):
    change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": resource_type, **more}
    return {"Type": "Resource", "ResourceChange": change}


# As AWS answers for a template whose local index has one more attribute: an index can't be changed in place.
CHANGED_INDEX = resource_change(
    "Modify",
    "InboxTable",
    "AWS::DynamoDB::Table",
    PhysicalResourceId="belfry-InboxTable-1ABCDEFGHIJKL",
    Replacement="True",
    PolicyAction="ReplaceAndRetain",
    Scope=["Properties"],
    Details=[
        {
            "Target": {"Attribute": "Properties", "Name": "LocalSecondaryIndexes", "RequiresRecreation": "Always"},
            "Evaluation": "Static",
            "ChangeSource": "DirectModification",
        }
    ],
)
CHANGED_FUNCTION = resource_change(
    "Modify", "ApiFunction", "AWS::Lambda::Function", Replacement="False", Scope=["Properties"]
)


class Replacement(unittest.TestCase):
    def setUp(self):
        self.client = boto3.client(
            "cloudformation", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        self.stub = Stubber(self.client)
        self.stub.activate()

    def expect_stack(self, status):
        stack = {"StackName": "belfry", "CreationTime": "2026-11-22T00:00:00Z", "StackStatus": status}
        self.stub.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "belfry"})

    def expect_change_set(self, kind, *pages):
        created = {"StackName": "belfry", "ChangeSetName": ANY, "TemplateBody": ANY, "Capabilities": ANY}
        self.stub.add_response(
            "create_change_set", {"Id": "change"}, {**created, "ChangeSetType": kind, "Parameters": []}
        )
        asked = {"StackName": "belfry", "ChangeSetName": ANY}
        # The waiter asks first, then the pages are read.
        self.stub.add_response("describe_change_set", {"Status": "CREATE_COMPLETE"}, asked)
        for number, page in enumerate(pages):
            answer = {"Status": "CREATE_COMPLETE", "Changes": page}
            if number + 1 < len(pages):
                answer["NextToken"] = f"page-{number + 1}"
            more = {"NextToken": f"page-{number}"} if number else {}
            self.stub.add_response("describe_change_set", answer, {**asked, **more})
        self.change_set = asked

    def expect_execution(self, status):
        self.stub.add_response("execute_change_set", {}, self.change_set)
        self.expect_stack(status)

    def deploy(self, allowed=()):
        deploy.deploy(self.client, "belfry", TEMPLATE, {}, frozenset(allowed))
        self.stub.assert_no_pending_responses()

    def expect_refusal(self, *changes):
        self.expect_stack("UPDATE_COMPLETE")
        self.expect_change_set("UPDATE", *changes)
        self.stub.add_response("delete_change_set", {}, self.change_set)
        with self.assertRaises(deploy.Refused) as refused:
            self.deploy()
        self.stub.assert_no_pending_responses()
        return str(refused.exception)

    def test_refuses_to_replace_a_table(self):
        message = self.expect_refusal([CHANGED_FUNCTION, CHANGED_INDEX])
        self.assertIn("InboxTable (AWS::DynamoDB::Table) would be replaced", message)
        self.assertIn("--allow-replacement InboxTable", message)

    def test_reads_every_page_of_the_changes(self):
        self.assertIn("InboxTable", self.expect_refusal([CHANGED_FUNCTION], [CHANGED_INDEX]))

    def test_refuses_what_may_be_a_replacement(self):
        for kind, logical_id in (
            ("AWS::DynamoDB::Table", "DirectoryTable"),
            ("AWS::SQS::Queue", "BroadcastQueue"),
            ("AWS::S3::Bucket", "FailureBucket"),
            ("AWS::Events::EventBus", "SignalsBus"),
        ):
            with self.subTest(kind=kind):
                self.setUp()
                change = resource_change("Modify", logical_id, kind, Replacement="Conditional")
                self.assertIn(f"{logical_id} ({kind}) would perhaps be replaced", self.expect_refusal([change]))

    def test_refuses_to_let_a_table_go(self):
        message = self.expect_refusal([resource_change("Remove", "InboxTable", "AWS::DynamoDB::Table")])
        self.assertIn("InboxTable (AWS::DynamoDB::Table) would leave the stack", message)

    def test_replaces_what_is_named(self):
        self.expect_stack("UPDATE_COMPLETE")
        self.expect_change_set("UPDATE", [CHANGED_INDEX])
        self.expect_execution("UPDATE_COMPLETE")
        self.deploy(allowed=["InboxTable"])

    def test_naming_one_table_allows_no_other(self):
        self.assertEqual(list(deploy.emptied_resources([CHANGED_INDEX], {"DirectoryTable"})), ["InboxTable"])

    def test_carries_out_what_replaces_nothing(self):
        in_place = resource_change("Modify", "InboxTable", "AWS::DynamoDB::Table", Replacement="False")
        removed = resource_change("Remove", "PageBucket", "AWS::S3::Bucket")
        self.expect_stack("UPDATE_COMPLETE")
        self.expect_change_set("UPDATE", [CHANGED_FUNCTION, in_place, removed])
        self.expect_execution("UPDATE_COMPLETE")
        self.deploy()

    def test_a_first_deployment_asks_for_nothing(self):
        self.expect_stack("REVIEW_IN_PROGRESS")
        self.expect_change_set("CREATE")
        self.expect_execution("CREATE_COMPLETE")
        self.deploy()


class StackPolicy(unittest.TestCase):
    def resources(self, types):
        found = RESOURCE.findall(deploy.TEMPLATE.read_text())
        return {f"LogicalResourceId/{logical_id}" for logical_id, kind in found if kind in types}

    def test_it_denies_what_deploy_refuses(self):
        policy = json.loads((STACK_FOLDER / "stack-policy.json").read_text())
        allow, replace, delete = policy["Statement"]
        self.assertEqual((allow["Effect"], allow["Action"], allow["Resource"]), ("Allow", "Update:*", "*"))
        self.assertEqual((replace["Effect"], replace["Action"]), ("Deny", "Update:Replace"))
        self.assertEqual((delete["Effect"], delete["Action"]), ("Deny", "Update:Delete"))
        self.assertEqual(set(replace["Resource"]), self.resources(deploy.STATEFUL_TYPES))
        self.assertEqual(set(delete["Resource"]), self.resources(deploy.IRREMOVABLE_TYPES))


if __name__ == "__main__":
    unittest.main()
