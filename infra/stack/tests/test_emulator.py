"""The emulator runs whatever program is uploaded to it, so nobody but this machine may reach it."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

STACK_FOLDER = Path(__file__).parent.parent
sys.path.insert(0, str(STACK_FOLDER))
import deploy  # noqa: E402

EMULATOR = STACK_FOLDER / "emulator.py"
READY_WITHIN_SECONDS = 60


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def other_addresses():
    """Every address of this machine that is not 127.0.0.1, as far as it can be found without a library."""
    # A listener on all interfaces answers there, too: on Linux the whole of 127.0.0.0/8 is this machine.
    found = {"127.0.0.2"}
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        # A UDP socket that is "connected" sends nothing, but has the address that a packet would come from.
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                found.add(probe.getsockname()[0])
        except OSError:
            continue
    try:
        found.update(info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None))
    except OSError:
        pass
    return found - {"127.0.0.1"}


def answers(address, port):
    try:
        with socket.create_connection((address, port), timeout=5):
            return True
    except OSError:
        return False


def one_table(key):
    """A template of one table with that key, which can't be changed in place."""
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        },
    }
    return {"TemplateBody": json.dumps({"Resources": {"Inbox": table}})}


class Emulator(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.log = tempfile.TemporaryFile()
        # What a developer has set must not open it either.
        environment = {**os.environ, "BIND_HOST": "0.0.0.0"}
        cls.emulator = subprocess.Popen(
            [sys.executable, EMULATOR, str(cls.port)], env=environment, stdout=cls.log, stderr=cls.log
        )
        cls.addClassCleanup(cls.stop)
        until = time.monotonic() + READY_WITHIN_SECONDS
        while not answers("127.0.0.1", cls.port):
            if cls.emulator.poll() is not None or time.monotonic() > until:
                cls.log.seek(0)
                raise AssertionError(f"the emulator didn't start:\n{cls.log.read().decode()}")
            time.sleep(0.1)

    @classmethod
    def stop(cls):
        cls.emulator.terminate()
        cls.emulator.wait()
        cls.log.close()

    def test_it_answers_on_loopback(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_ministack/health") as answer:
            self.assertIn(b'"auth": "enabled"', answer.read())

    def test_no_other_address_answers(self):
        for address in other_addresses():
            with self.subTest(address=address):
                self.assertFalse(answers(address, self.port), f"{address}:{self.port} answers")

    def test_a_replaced_table_is_refused_unless_it_is_named(self):
        cloudformation = deploy.session_for(f"http://localhost:{self.port}").client("cloudformation")

        def update(key, allowed=()):
            deploy.deploy(cloudformation, "one-table", one_table(key), {}, frozenset(allowed))
            found = cloudformation.describe_stack_resource(StackName="one-table", LogicalResourceId="Inbox")
            return found["StackResourceDetail"]["PhysicalResourceId"]

        first = update("user")
        with self.assertRaisesRegex(deploy.Refused, "Inbox .AWS::DynamoDB::Table. would"):
            update("owner")
        self.assertEqual(update("user"), first)
        # The emulator changes it in place and keeps its name.
        update("owner", allowed=["Inbox"])

    def test_the_compose_file_publishes_on_loopback_only(self):
        published = re.findall(r'- "([^"]*:\d+)"', (STACK_FOLDER / "compose.yaml").read_text())
        self.assertEqual(published, ["127.0.0.1:4566:4566"] * 2)


if __name__ == "__main__":
    unittest.main()
