# SPDX-License-Identifier: Apache-2.0
"""The demo's job with nothing but a client generated from the API document: deploy, submit a hosted rollout, wait, read what came of it.

Arguments: the platform's address, a key, a gzipped tar of an environment, the environment's name, the model that plays.
"""

import io
import sys
import time
import uuid

from assay_client.api.builds import get_v2_builds_by_id_status, post_v2_builds_trigger, post_v2_builds_upload_url, put_v2_uploads_by_token
from assay_client.api.grades import get_v2_trace_by_id_grade
from assay_client.api.hosted_rollouts import post_v2_rollouts_submit
from assay_client.api.jobs import get_v2_jobs, get_v2_jobs_by_job_id
from assay_client.api.runs import get_v2_trace_by_trace_id
from assay_client.api.traces import get_v2_trace_by_id_timeline
from assay_client.client import AuthenticatedClient
from assay_client.models import SubmitRequest, TriggerRequest
from assay_client.types import File

address, key, archive, environment, model = sys.argv[1:]
client = AuthenticatedClient(base_url=address, token=key, raise_on_unexpected_status=True)


def until(read, done):
    deadline = time.monotonic() + 180
    while True:
        found = read()
        if done(found):
            return found
        if time.monotonic() > deadline:
            raise SystemExit(f"not done in time: {found}")
        time.sleep(0.3)


upload = post_v2_builds_upload_url.sync(client=client)
with open(archive, "rb") as context:
    sent = put_v2_uploads_by_token.sync_detailed(
        upload.upload_url.rsplit("/", 1)[1], client=client, body=File(payload=io.BytesIO(context.read())))
assert sent.status_code == 204, sent
post_v2_builds_trigger.sync(client=client, body=TriggerRequest(build_id=upload.build_id, name=environment))
build = until(
    lambda: get_v2_builds_by_id_status.sync(upload.build_id, client=client), lambda found: found.status != "IN_PROGRESS")
assert build.status == "SUCCEEDED", build

run, job = uuid.uuid4(), uuid.uuid4()
post_v2_rollouts_submit.sync(
    client=client,
    body=SubmitRequest.from_dict({
        "trace_id": str(run), "job_id": str(job), "env": environment, "task": "count_letter", "slug": "strawberry",
        "args": {"word": "strawberry", "letter": "r"}, "agent": {"type": "openai_compatible", "config": {"model": model}},
    }))
ended = until(
    lambda: get_v2_trace_by_trace_id.sync(str(run), client=client), lambda found: found.status in ("completed", "error", "cancelled"))
assert (ended.status, ended.reward) == ("completed", 1.0), ended
assert job in [listed.id for listed in get_v2_jobs.sync(client=client, limit=10).items]
assert get_v2_jobs_by_job_id.sync(str(job), client=client).graded_count == 1
grade = until(lambda: get_v2_trace_by_id_grade.sync(str(run), client=client), lambda found: getattr(found, "reward", None) is not None)
timeline = until(
    lambda: get_v2_trace_by_id_timeline.sync(str(run), client=client),
    lambda found: {"agent", "evaluate"} <= {entry["kind"] for entry in (each.to_dict() for each in found.entries)})
print(f"reward {grade.reward}, {len(timeline.entries)} entries in the timeline")
