#!/usr/bin/env python3
"""Hands the stream records that the fan-out gave up to it once more.

Lambda writes each batch that it gives up as one object into the failure bucket, whole: the invocation's metadata, and
as `payload` the event that the function was called with. This command calls the function with those records again, one
object after the other in the order in which they were given up, and moves an object to `replayed/` only when the
function has reported none of its records as failed. Whatever happens in between, running it again is safe: clients
apply a change only if it is newer than what they have, so being told twice shows nothing twice.

What is in the bucket is in its owners' inboxes all the same. A replay is for clients that don't ask by themselves what
they missed, and for a quick look at whether the cause is gone.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from dataclasses import dataclass
from typing import Any, Iterable, Iterator

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

REPLAYED = "replayed/"

# Lambda takes 6 MB of event, 6,291,456 bytes; the rest is left for what this program doesn't foresee.
MAX_EVENT_BYTES = 5_500_000
# What the event source mapping hands over at most.
MAX_EVENT_RECORDS = 100
# Twice what an event of 6 MB becomes as text in a text. Anything larger is not Lambda's.
MAX_OBJECT_BYTES = 32_000_000
# So many objects fail one after the other before the function is taken to be broken.
MAX_FAILURES_IN_A_ROW = 3

Record = dict[str, Any]


class Problem(Exception):
    """Something that ends the command, said in one line."""


class Unusable(Exception):
    """An object that is no batch."""


@dataclass(frozen=True)
class Batch:
    """One object of the bucket, understood."""

    key: str
    condition: str
    start: int
    records: list[Record]


@dataclass(frozen=True)
class Clients:
    """The services that are spoken to."""

    cloudformation: Any
    s3: Any
    # `lambda` is a word of Python's.
    functions: Any

    @classmethod
    def open(cls, endpoint: str | None) -> Clients:
        # The function has 60 seconds. An emulator knows no bucket by a host name of its own.
        config = Config(
            read_timeout=90,
            retries={"mode": "standard", "max_attempts": 3},
            s3={"addressing_style": "path" if endpoint else "auto"},
        )
        services = ("cloudformation", "s3", "lambda")
        return cls(*(boto3.client(name, endpoint_url=endpoint, config=config) for name in services))


def find(clients: Clients, stack: str) -> tuple[str, str]:
    """The failure bucket and the fan-out function of that stack."""
    described = clients.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    if "FailureBucketName" not in outputs:
        raise Problem(f"the stack {stack} has no output FailureBucketName: is it Belfry's?")
    resource = clients.cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="FanoutFunction")
    return outputs["FailureBucketName"], resource["StackResourceDetail"]["PhysicalResourceId"]


def waiting(clients: Clients, bucket: str) -> list[str]:
    """The objects that weren't replayed yet, those that were given up first before the others.

    Their names are `aws/lambda/MAPPING/SHARD/YYYY-MM-DDTHH.MM.SS-UUID`.
    """
    pages = clients.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    objects = itertools.chain.from_iterable(page.get("Contents", []) for page in pages)
    keys = [found["Key"] for found in objects if not found["Key"].startswith(REPLAYED)]
    return sorted(keys, key=lambda key: (second(key), key))


def second(key: str) -> str:
    """When the object was written, to the second."""
    return key.rsplit("/", 1)[-1][: len("2026-11-22T15.42.22")]


def read(clients: Clients, bucket: str, key: str) -> Batch:
    """The batch in an object."""
    answer = clients.s3.get_object(Bucket=bucket, Key=key)
    if answer["ContentLength"] > MAX_OBJECT_BYTES:
        raise Unusable(f"it has {answer['ContentLength']:,} bytes")
    try:
        document = json.loads(answer["Body"].read())
        event = document["payload"]
        records = (json.loads(event) if isinstance(event, str) else event)["Records"]
        start = min(int(record["dynamodb"]["SequenceNumber"]) for record in records)
        condition = document.get("requestContext", {}).get("condition", "unknown reason")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unusable("it is no invocation record with a payload of stream records") from error
    return Batch(key, condition, start, records)


def events(records: Iterable[Record]) -> Iterator[bytes]:
    """The records as events that Lambda takes, in their order."""
    event: list[bytes] = []
    size = 0
    for record in records:
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
        if event and (size + len(text) > MAX_EVENT_BYTES or len(event) == MAX_EVENT_RECORDS):
            yield b'{"Records":[' + b",".join(event) + b"]}"
            event, size = [], 0
        event.append(text)
        size += len(text) + 1
    if event:
        yield b'{"Records":[' + b",".join(event) + b"]}"


def call(clients: Clients, function: str, event: bytes) -> str | None:
    """Calls the function; why it isn't content, if it isn't."""
    answer = clients.functions.invoke(FunctionName=function, InvocationType="RequestResponse", Payload=event)
    said = answer["Payload"].read()
    if answer.get("FunctionError"):
        return "the function failed; its log says why"
    try:
        failures = (json.loads(said or b"null") or {}).get("batchItemFailures") or []
    except (ValueError, AttributeError):
        return "the function's answer can't be understood"
    if failures:
        return f"the function reported record {failures[0].get('itemIdentifier')}; its log says why"
    return None


def replay(clients: Clients, function: str, bucket: str, batch: Batch) -> str | None:
    """Replays one object and puts it away; why it stays, if it does."""
    for event in events(batch.records):
        problem = call(clients, function, event)
        if problem:
            return problem
    # In this order, a break leaves the object where it is found again.
    clients.s3.copy_object(
        Bucket=bucket, Key=REPLAYED + batch.key, CopySource={"Bucket": bucket, "Key": batch.key}
    )
    clients.s3.delete_object(Bucket=bucket, Key=batch.key)
    return None


def batches(clients: Clients, bucket: str, keys: list[str], say: Any) -> Iterator[Batch | None]:
    """Reads the objects one second's worth at a time, and puts those of one second in their records' order."""
    for _, together in itertools.groupby(keys, key=second):
        found = []
        for key in together:
            try:
                found.append(read(clients, bucket, key))
            except Unusable as unusable:
                say(f"{key}: left where it is: {unusable}")
                yield None
        yield from sorted(found, key=lambda batch: batch.start)


def run(clients: Clients, stack: str, dry_run: bool, limit: int, say: Any = print) -> int:
    """Replays what there is; the number of objects that stay although they shouldn't."""
    bucket, function = find(clients, stack)
    keys = waiting(clients, bucket)
    say(f"{len(keys)} objects wait in {bucket}")
    if len(keys) > limit:
        say(f"the first {limit} of them are taken; run this again for the others")
    done = stayed = records = in_a_row = 0
    for batch in batches(clients, bucket, keys[:limit], say):
        problem = None
        if batch is None:
            stayed += 1
            continue
        told = f"{batch.key}: {len(batch.records)} records, {batch.condition}"
        if not dry_run:
            problem = replay(clients, function, bucket, batch)
        if problem:
            stayed, in_a_row = stayed + 1, in_a_row + 1
            say(f"{told}: left where it is: {problem}")
            if in_a_row == MAX_FAILURES_IN_A_ROW:
                raise Problem(f"{in_a_row} objects failed one after the other: see to the function first")
            continue
        done, records, in_a_row = done + 1, records + len(batch.records), 0
        say(f"{told}: {'would be replayed' if dry_run else 'replayed'}")
    say(f"{done} objects with {records} records {'would be replayed' if dry_run else 'replayed'}, {stayed} left")
    return stayed


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stack", required=True, help="the name of the stack")
    parser.add_argument("--endpoint", metavar="URL", help="where AWS is, if it is an emulator")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--limit", type=positive, default=1000, help="take so many objects at most, by default 1000")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """0: nothing is left. 1: something is. 2: it couldn't begin, or not go on."""
    options = arguments(given)
    try:
        clients = Clients.open(options.endpoint)
        return 1 if run(clients, options.stack, options.dry_run, options.limit) else 0
    except (Problem, ClientError, BotoCoreError) as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
