"""Deploys template.yaml: uploads the functions' code, carries out a change set, prints the stack's outputs, NAME=VALUE a line.

Usage: deploy.py --name STACK --code DIR [--endpoint URL] [--template FILE] [--parameter NAME=VALUE]...
                 [--allow-replacement LOGICAL_ID]...

DIR holds one folder a function with its `bootstrap`. Without an endpoint it is the account and region of the environment.

A change set that would replace or remove a table, a bucket, a queue or a bus is refused unless --allow-replacement names
that resource: the functions would go on with a new, empty one.
"""

import argparse
import hashlib
import io
import pathlib
import re
import sys
import uuid
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

TEMPLATE = pathlib.Path(__file__).resolve().parents[2] / "template.yaml"
# What holds something that a new resource of the same kind doesn't. infra/stack/stack-policy.json has the same resources.
STATEFUL_TYPES = frozenset(
    ["AWS::DynamoDB::Table", "AWS::Events::EventBus", "AWS::S3::Bucket", "AWS::SQS::Queue"]
)
# A resource with a condition goes when its parameter is taken back, such as the page's bucket with the DomainName. Tables
# have no condition, so one that goes was renamed or taken out of the template.
IRREMOVABLE_TYPES = frozenset(["AWS::DynamoDB::Table"])
CODE_URI = re.compile(r"(?m)^(\s+CodeUri: )target/lambda/(\w+)/$")
# The same bytes make the same zip, and a function whose code is the same is left alone.
EPOCH = (1980, 1, 1, 0, 0, 0)


class Refused(Exception):
    """What keeps a deployment from being made, in words for who asked for it."""


def zipped(bootstrap):
    """The zip of a function: its program, executable, and nothing else."""
    entry = zipfile.ZipInfo("bootstrap", EPOCH)
    entry.external_attr = 0o755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compresslevel=1) as archive:
        archive.writestr(entry, bootstrap.read_bytes())
    return buffer.getvalue()


def bucket(session, account):
    """The bucket that holds code of this account and region; made when it is first needed."""
    name = f"belfry-code-{account}-{session.region_name}"
    s3 = session.client("s3")
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": session.region_name}}
        s3.create_bucket(Bucket=name, **({} if session.region_name == "us-east-1" else elsewhere))
    return name


def packaged(session, code, account, template=TEMPLATE):
    """The template with each function's code in the bucket, named by its digest."""
    s3, name = session.client("s3"), bucket(session, account)

    def upload(match):
        bootstrap = code / match[2] / "bootstrap"
        if not bootstrap.is_file():
            raise Refused(f"{bootstrap} is missing: build the functions first")
        body = zipped(bootstrap)
        key = f"{match[2]}-{hashlib.sha256(body).hexdigest()}.zip"
        s3.put_object(Bucket=name, Key=key, Body=body)
        return f"{match[1]}s3://{name}/{key}"

    return CODE_URI.sub(upload, template.read_text())


def too_long_for_inline(text):
    return len(text.encode()) > 51_200


def template_argument(session, text, account):
    """A template of more than 51,200 bytes must be in a bucket."""
    if not too_long_for_inline(text):
        return {"TemplateBody": text}
    name = bucket(session, account)
    key = f"template-{hashlib.sha256(text.encode()).hexdigest()}.yaml"
    s3 = session.client("s3")
    s3.put_object(Bucket=name, Key=key, Body=text.encode())
    endpoint = s3.meta.endpoint_url.rstrip("/")
    return {"TemplateURL": f"{endpoint}/{name}/{key}"}


def exists(cloudformation, stack):
    try:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return False
        raise
    if found["StackStatus"] == "REVIEW_IN_PROGRESS":
        return False
    if found["StackStatus"].endswith("_IN_PROGRESS") or found["StackStatus"] == "ROLLBACK_COMPLETE":
        raise Refused(f"the stack {stack} is {found['StackStatus']}: wait for it, or delete it")
    return True


def failures(cloudformation, stack):
    """Each resource that failed, with the reason."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    return "\n".join(
        f"  {event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', 'no reason given')}"
        for event in reversed(failed)
    )


def emptied_resources(changes, allowed):
    """The stateful resources that these changes of a change set would replace by empty ones, with what happens to each."""
    emptied = {}
    for change in changes:
        resource = change.get("ResourceChange", {})
        logical_id, resource_type = resource.get("LogicalResourceId"), resource.get("ResourceType")
        if resource_type not in STATEFUL_TYPES or logical_id in allowed:
            continue
        # "Conditional": CloudFormation finds out only while it updates.
        if resource["Action"] == "Modify" and resource.get("Replacement") in ("True", "Conditional"):
            verb = "be replaced" if resource["Replacement"] == "True" else "perhaps be replaced"
        elif resource["Action"] == "Remove" and resource_type in IRREMOVABLE_TYPES:
            verb = "leave the stack"
        elif resource["Action"] == "Dynamic":
            verb = "be changed in a way that CloudFormation can't tell yet"
        else:
            continue
        emptied[logical_id] = f"{logical_id} ({resource_type}) would {verb}"
    return emptied


def all_changes(cloudformation, change):
    """The changes of a change set, which come in pages."""
    pages = cloudformation.get_paginator("describe_change_set").paginate(**change)
    return [change for page in pages for change in page.get("Changes", [])]


def refuse_to_empty(cloudformation, change, allowed):
    """Deletes the change set and raises an error if it would replace a stateful resource that isn't allowed to be."""
    emptied = emptied_resources(all_changes(cloudformation, change), allowed)
    if not emptied:
        return
    cloudformation.delete_change_set(**change)
    raise Refused(
        "this update would make the functions use a new, empty resource in place of one that holds data:\n"
        + "".join(f"  {what}\n" for what in emptied.values())
        + "Nothing was changed. If that is what you want, copy what it holds (docs/operate.md, Backup and restore), and deploy"
        + " with " + " ".join(f"--allow-replacement {logical_id}" for logical_id in emptied)
    )


def deploy(cloudformation, stack, template, parameters, allowed=frozenset()):
    update = exists(cloudformation, stack)
    # A name of its own each time: one that was left by a deployment that was broken off would be in the way.
    name = f"belfry-{uuid.uuid4().hex}"
    change = {"StackName": stack, "ChangeSetName": name}
    cloudformation.create_change_set(
        **change,
        **template,
        ChangeSetType="UPDATE" if update else "CREATE",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(**change, WaiterConfig={"Delay": 1})
    except WaiterError as error:
        reason = cloudformation.describe_change_set(**change).get("StatusReason", str(error))
        cloudformation.delete_change_set(**change)
        if "didn't contain changes" in reason or "No updates" in reason:
            return
        raise Refused(f"the change set was refused: {reason}") from error
    if update:
        refuse_to_empty(cloudformation, change, allowed)
    cloudformation.execute_change_set(**change)
    done = "stack_update_complete" if update else "stack_create_complete"
    try:
        cloudformation.get_waiter(done).wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 1800})
    except WaiterError as error:
        raise Refused(f"the stack failed:\n{failures(cloudformation, stack)}") from error


def session_for(endpoint):
    if not endpoint:
        return boto3.Session()
    # An emulator takes any credential.
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    client = session.client
    session.client = lambda service: client(
        service, endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"})
    )
    return session


def pair(text):
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", required=True, metavar="STACK")
    parser.add_argument("--code", required=True, type=pathlib.Path, metavar="DIR")
    parser.add_argument("--endpoint", metavar="URL")
    parser.add_argument("--template", default=TEMPLATE, type=pathlib.Path, metavar="FILE")
    parser.add_argument("--parameter", action="append", default=[], type=pair, metavar="NAME=VALUE")
    parser.add_argument("--allow-replacement", action="append", default=[], metavar="LOGICAL_ID")
    options = parser.parse_args()
    try:
        session = session_for(options.endpoint)
        account = session.client("sts").get_caller_identity()["Account"]
        text = packaged(session, options.code, account, options.template)
        cloudformation = session.client("cloudformation")
        template = template_argument(session, text, account)
        allowed = frozenset(options.allow_replacement)
        deploy(cloudformation, options.name, template, dict(options.parameter), allowed)
        stack = cloudformation.describe_stacks(StackName=options.name)["Stacks"][0]
    except (Refused, BotoCoreError, ClientError) as error:
        sys.exit(f"not deployed: {error}")
    for output in stack["Outputs"]:
        print(f"{output['OutputKey']}={output['OutputValue']}")


if __name__ == "__main__":
    main()
