"""Starts MiniStack on a port of this machine, without two waits that would make every call 100 ms slow.

Usage: emulator.py PORT

It touches private names of MiniStack, which is why that is pinned.
"""

import http.server
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


def main():
    port = sys.argv[1]
    # Functions inherit this environment, and get the emulator as their AWS from it.
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update(
        AWS_ENDPOINT_URL=f"http://localhost:{port}",
        GATEWAY_PORT=port,
        IOT_MTLS_ENABLED="0",
        LOG_LEVEL="WARNING",
    )
    quicken()
    sys.argv = ["ministack"]
    from ministack.app import main as ministack

    ministack()


if __name__ == "__main__":
    main()
