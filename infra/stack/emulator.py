"""Starts MiniStack on a loopback port of this machine, with IAM enforced: each function has the credentials of its own
role, and the role's policies are evaluated. It is faster by 100 ms a call than MiniStack alone, answers 401 on $connect
as API Gateway does, and has PartiQL's inserts in the streams.

Usage: emulator.py PORT

It touches private names of MiniStack, which is why that is pinned.
"""

import http.server
import json
import os
import sys


def quicken():
    """Answers of the Runtime API leave at once, and nobody waits for a log line that may never come."""
    # A socket's answer is two small writes: with Nagle's algorithm the second waits for the first's acknowledgement.
    http.server.BaseHTTPRequestHandler.disable_nagle_algorithm = True

    from ministack.core.lambda_runtime import Worker

    drain = Worker._drain_stderr_bounded

    def drain_at_once(self, first_line_wait=0.0, idle_confirm=0.0, hard_cap=0.25):
        return drain(self, first_line_wait, idle_confirm, hard_cap)

    Worker._drain_stderr_bounded = drain_at_once


class Unauthorized(Exception):
    """The authorizer's word for a caller without a credential."""


def refuse_with_401():
    """An authorizer that fails with "Unauthorized" makes a 401 of the handshake, as on AWS; here it would be a 500."""
    from ministack.services import apigateway, lambda_svc

    execute = lambda_svc._execute_function_with_config_scope
    invoke, authorize = apigateway._invoke_request_authorizer_lambda, apigateway._authorize_ws_connect
    refuse = apigateway._refuse_ws_handshake

    def execute_and_tell(*arguments, **options):
        result = execute(*arguments, **options)
        unauthorized = result and result.get("error") and '"errorMessage": "Unauthorized"' in json.dumps(result["body"])
        return {"body": {"unauthorized": True}} if unauthorized else result

    async def invoke_or_raise(*arguments):
        payload = await invoke(*arguments)
        if payload == {"unauthorized": True}:
            raise Unauthorized
        return payload

    async def authorize_or_401(*arguments):
        try:
            return await authorize(*arguments)
        except Unauthorized:
            return (401, "Unauthorized"), None

    async def refuse_and_close(scope, send, *arguments):
        # The emulator closes after a refusal without saying so, and the next request on that connection would be lost.
        async def send_closing(message):
            if message["type"] == "websocket.http.response.start":
                message["headers"].append((b"connection", b"close"))
            await send(message)

        await refuse(scope, send_closing, *arguments)

    lambda_svc._execute_function_with_config_scope = execute_and_tell
    apigateway._refuse_ws_handshake = refuse_and_close
    apigateway._invoke_request_authorizer_lambda = invoke_or_raise
    apigateway._authorize_ws_connect = authorize_or_401


def stream_inserts():
    """What is inserted by PartiQL is in the table's stream, as on AWS; here it would be in the table alone."""
    from ministack.services import dynamodb

    insert = dynamodb._partiql_insert

    def insert_and_stream(table, parsed):
        answer = insert(table, parsed)
        if answer[0] == 200:
            item = parsed["item"]
            item = item["M"] if set(item) == {"M"} else item
            dynamodb._emit_stream_event(table["TableName"], "INSERT", None, item)
        return answer

    dynamodb._partiql_insert = insert_and_stream


def main():
    port = sys.argv[1]
    # Functions inherit this environment, and get the emulator as their AWS from it.
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update(
        AWS_ENDPOINT_URL=f"http://localhost:{port}",
        # The emulator runs whatever program is uploaded to it, and its credentials are known to everybody. So it must
        # not answer on any other address than loopback; its default is every interface.
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=port,
        # Requests are authorized by the policies of who signed them. The key below is the account's root, which
        # deploy.py uses; functions get keys of their roles.
        AUTH="true",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        IOT_MTLS_ENABLED="0",
        LOG_LEVEL="WARNING",
    )
    quicken()
    refuse_with_401()
    stream_inserts()
    sys.argv = ["ministack"]
    from ministack.app import main as ministack

    ministack()


if __name__ == "__main__":
    main()
