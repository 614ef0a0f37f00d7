"""Says how often a function was denied something, by its log on an emulator. It fails if that never happened.

Usage: denials.py --endpoint URL --log-group NAME
"""

import argparse
import sys
import time

from deploy import session_for

# The emulator collects the lines of a log a moment after they were written.
WRITTEN_WITHIN_SECONDS = 10


def denials(logs, group):
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    messages = [event["message"] for page in pages for event in page["events"]]
    return [message for message in messages if "AccessDenied" in message]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", required=True, metavar="URL")
    parser.add_argument("--log-group", required=True, metavar="NAME")
    options = parser.parse_args()
    logs = session_for(options.endpoint).client("logs")
    until = time.monotonic() + WRITTEN_WITHIN_SECONDS
    while not (found := denials(logs, options.log_group)):
        if time.monotonic() > until:
            sys.exit(f"{options.log_group} has no line about a denied access")
        time.sleep(0.2)
    print(f"{options.log_group} has {len(found)} denied accesses, the last: {found[-1].strip()}")


if __name__ == "__main__":
    main()
