"""What replay.py does to bucket and function, on stubs that refuse every call but the expected ones."""

import io
import json
import sys
import unittest
import unittest.mock
from pathlib import Path

import boto3
from botocore.response import StreamingBody
from botocore.stub import Stubber

sys.path.insert(0, str(Path(__file__).parent.parent))
import replay  # noqa: E402

BUCKET = "failures"
FUNCTION = "belfry-FanoutFunction-1"
FOLDER = "aws/lambda/0f1e2d3c/shardId-00000001/"
EARLIER = FOLDER + "2026-11-22T15.42.22-b"
LATER = FOLDER + "2026-11-22T15.42.23-a"


def record(sequence, text="Hi"):
    return {
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": str(sequence), "NewImage": {"title": {"S": text}}},
    }


def document(*records, as_text=True):
    event = {"Records": list(records)}
    return {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "payload": json.dumps(event) if as_text else event,
    }


class Replay(unittest.TestCase):
    def setUp(self):
        def client(name):
            return boto3.client(
                name, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
            )

        self.clients = replay.Clients(client("cloudformation"), client("s3"), client("lambda"))
        self.stubs = [
            Stubber(client)
            for client in (self.clients.cloudformation, self.clients.s3, self.clients.functions)
        ]
        self.stack, self.s3, self.function = self.stubs
        for stub in self.stubs:
            stub.activate()
        self.said = []

    def run_it(self, dry_run=False, limit=1000):
        left = replay.run(self.clients, "belfry", dry_run, limit, self.said.append)
        for stub in self.stubs:
            stub.assert_no_pending_responses()
        return left

    def expect_stack(self, outputs=(("FailureBucketName", BUCKET),)):
        stack = {"StackName": "belfry", "CreationTime": "2026-11-22T00:00:00Z", "StackStatus": "CREATE_COMPLETE"}
        stack["Outputs"] = [{"OutputKey": key, "OutputValue": value} for key, value in outputs]
        self.stack.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "belfry"})
        if outputs:
            detail = {
                "LogicalResourceId": "FanoutFunction",
                "PhysicalResourceId": FUNCTION,
                "ResourceType": "AWS::Lambda::Function",
                "LastUpdatedTimestamp": "2026-11-22T00:00:00Z",
                "ResourceStatus": "CREATE_COMPLETE",
            }
            asked = {"StackName": "belfry", "LogicalResourceId": "FanoutFunction"}
            self.stack.add_response("describe_stack_resource", {"StackResourceDetail": detail}, asked)

    def expect_list(self, *keys):
        self.s3.add_response("list_objects_v2", {"Contents": [{"Key": key} for key in keys]}, {"Bucket": BUCKET})

    def expect_read(self, key, content):
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        answer = {"Body": StreamingBody(io.BytesIO(raw), len(raw)), "ContentLength": len(raw)}
        self.s3.add_response("get_object", answer, {"Bucket": BUCKET, "Key": key})

    def expect_call(self, *records, answer=b'{"batchItemFailures":[]}', error=None):
        event = json.dumps({"Records": list(records)}, ensure_ascii=False, separators=(",", ":")).encode()
        response = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(answer), len(answer))}
        if error:
            response["FunctionError"] = error
        asked = {"FunctionName": FUNCTION, "InvocationType": "RequestResponse", "Payload": event}
        self.function.add_response("invoke", response, asked)

    def expect_move(self, key):
        source = {"Bucket": BUCKET, "Key": key}
        self.s3.add_response(
            "copy_object", {}, {"Bucket": BUCKET, "Key": "replayed/" + key, "CopySource": source}
        )
        self.s3.add_response("delete_object", {}, {"Bucket": BUCKET, "Key": key})

    def test_what_was_given_up_first_is_replayed_first_and_put_away(self):
        self.expect_stack()
        self.expect_list(LATER, EARLIER, "replayed/" + FOLDER + "2026-11-21T00.00.00-c")
        self.expect_read(EARLIER, document(record(1), record(2, "Olá 🔔")))
        self.expect_call(record(1), record(2, "Olá 🔔"))
        self.expect_move(EARLIER)
        self.expect_read(LATER, document(record(3), as_text=False))
        self.expect_call(record(3))
        self.expect_move(LATER)
        self.assertEqual(self.run_it(), 0)
        self.assertEqual(self.said[-1], "2 objects with 3 records replayed, 0 left")

    def test_objects_of_one_second_go_in_the_order_of_their_records(self):
        first, other = FOLDER + "2026-11-22T15.42.22-a", FOLDER + "2026-11-22T15.42.22-b"
        self.expect_stack()
        self.expect_list(first, other)
        self.expect_read(first, document(record(100)))
        self.expect_read(other, document(record(99)))
        self.expect_call(record(99))
        self.expect_move(other)
        self.expect_call(record(100))
        self.expect_move(first)
        self.assertEqual(self.run_it(), 0)

    def test_an_object_stays_where_the_function_reports_a_record_or_fails(self):
        self.expect_stack()
        self.expect_list(EARLIER, LATER)
        self.expect_read(EARLIER, document(record(1)))
        self.expect_call(record(1), answer=b'{"batchItemFailures":[{"itemIdentifier":"1"}]}')
        self.expect_read(LATER, document(record(2)))
        self.expect_call(record(2), answer=b'{"errorType":"Runtime"}', error="Unhandled")
        self.assertEqual(self.run_it(), 2)
        self.assertIn("reported record 1", self.said[1])
        self.assertIn("the function failed", self.said[2])

    def test_a_function_that_keeps_failing_is_not_called_for_ever(self):
        keys = [FOLDER + f"2026-11-22T15.42.{second:02}-a" for second in range(9)]
        self.expect_stack()
        self.expect_list(*keys)
        for number, key in enumerate(keys[:3]):
            self.expect_read(key, document(record(number)))
            self.expect_call(record(number), error="Unhandled")
        with self.assertRaisesRegex(replay.Problem, "see to the function first"):
            self.run_it()

    def test_what_is_no_batch_is_named_and_left(self):
        for content in (b"{", b"[]", b'{"payload":"{}"}', {"requestContext": {}}, document()):
            with self.subTest(content=content):
                self.setUp()
                self.expect_stack()
                self.expect_list("notes.txt", EARLIER)
                self.expect_read(EARLIER, document(record(1)))
                self.expect_call(record(1))
                self.expect_move(EARLIER)
                self.expect_read("notes.txt", content)
                self.assertEqual(self.run_it(), 1)
                self.assertIn("notes.txt: left where it is", "\n".join(self.said))

    def test_a_dry_run_reads_and_does_nothing_else(self):
        self.expect_stack()
        self.expect_list(EARLIER)
        self.expect_read(EARLIER, document(record(1)))
        self.assertEqual(self.run_it(dry_run=True), 0)
        self.assertIn("RetryAttemptsExhausted: would be replayed", self.said[1])

    def test_no_more_objects_are_taken_than_allowed(self):
        self.expect_stack()
        self.expect_list(LATER, EARLIER)
        self.expect_read(EARLIER, document(record(1)))
        self.expect_call(record(1))
        self.expect_move(EARLIER)
        self.assertEqual(self.run_it(limit=1), 0)
        self.assertIn("the first 1 of them", self.said[1])

    def test_an_empty_bucket_is_good_news(self):
        self.expect_stack()
        self.s3.add_response("list_objects_v2", {}, {"Bucket": BUCKET})
        self.assertEqual(self.run_it(), 0)

    def test_another_stack_is_not_belfry_s(self):
        self.expect_stack(outputs=())
        with self.assertRaisesRegex(replay.Problem, "is it Belfry's"):
            self.run_it()


class Events(unittest.TestCase):
    def test_records_go_in_order_in_events_of_bounded_size_and_number(self):
        large = [record(number, "x" * 300_000) for number in range(40)]
        many = [record(number) for number in range(250)]
        for records, expected in ((large, [18, 18, 4]), (many, [100, 100, 50])):
            made = [json.loads(event)["Records"] for event in replay.events(records)]
            self.assertEqual([len(event) for event in made], expected)
            self.assertEqual([one for event in made for one in event], records)
        for event in replay.events(large):
            self.assertLess(len(event), 6_291_456)

    def test_an_answer_without_failures_is_content_however_it_says_so(self):
        class Functions:
            def __init__(self, said):
                self.said = said

            def invoke(self, **_):
                return {"Payload": io.BytesIO(self.said)}

        for said, content in (
            (b"", True),
            (b"null", True),
            (b"{}", True),
            (b'{"batchItemFailures":null}', True),
            (b"[1]", False),
            (b"{", False),
        ):
            clients = replay.Clients(None, None, Functions(said))
            self.assertEqual(replay.call(clients, FUNCTION, b"{}") is None, content, said)


class CommandLine(unittest.TestCase):
    def test_a_limit_is_a_number_above_zero(self):
        self.assertEqual(replay.arguments(["--stack", "belfry"]).limit, 1000)
        for bad in ("0", "-1", "many"):
            with self.assertRaises(SystemExit), unittest.mock.patch("sys.stderr"):
                replay.arguments(["--stack", "belfry", "--limit", bad])


if __name__ == "__main__":
    unittest.main()
