"""One story, told with the client that openapi-python-client makes of docs/openapi.json."""

import json
import os
import time
import urllib.request
from datetime import datetime, timezone

from belfry_client import AuthenticatedClient
from belfry_client.api.inbox import list_notifications, mark_as_read, mark_seen
from belfry_client.api.sending import create_notification, send_event
from belfry_client.models import (
    AIReportGeneratedEvent,
    CreateForUser,
    Data,
    Problem,
    ReportGenerated,
    SeenBody,
)

URL = os.environ["BELFRY_URL"]
USER = "user-0422"


def sign_in(username: str) -> AuthenticatedClient:
    request = urllib.request.Request(
        f"{URL}/api/session/demo/",
        data=json.dumps({"username": username}).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return AuthenticatedClient(base_url=URL, token=json.load(answer)["token"])


def main() -> None:
    admin, reader = sign_in("admin"), sign_in(USER)
    data = Data.from_dict({"x": 7, "nested": {"y": [1]}})
    draft = CreateForUser(
        user=USER,
        title="From Python",
        message="By a generated client.",
        notification_type="report_ready",
        data=data,
    )
    created = create_notification.sync_detailed(client=admin, body=draft)
    assert created.status_code == 201, created

    page = list_notifications.sync(client=reader, status="unread", limit=5)
    first = page.results[0]
    assert first.title == "From Python", page
    assert first.data["x"] == 7 and first.data["nested"] == {"y": [1]}, first.data

    assert mark_seen.sync(client=reader).unseen_count == 0
    up_to = SeenBody(up_to=first.changed)
    assert mark_seen.sync(client=reader, body=up_to).unseen_count == 0
    assert mark_as_read.sync(first.id, client=reader).is_read

    event = AIReportGeneratedEvent(
        id=f"python-{time.time_ns()}",
        source="supply.reports",
        detail_type="AI Report Generated",
        time=datetime.now(timezone.utc),
        detail=ReportGenerated(
            report_id=7, session_id="50%41", user_id=USER, agent_name="Planner", report_type="demand"
        ),
    )
    taken = send_event.sync(client=admin, body=event)
    assert len(taken.notifications) == 1, taken

    draft.title = "\u200b"
    refused = create_notification.sync(client=admin, body=draft)
    assert isinstance(refused, Problem) and refused.errors[0].pointer == "/title", refused
    print("the Python client told its story")


main()
