# SPDX-License-Identifier: Apache-2.0
"""What the published client's own recorder uploads for a short run of a robot, as the platform tells it in a timeline, an entry a line:

    pip install 'hud==0.6.21' 'typer<0.29' gymnasium numpy av
    python robot.py > ../resources/fake-platform/full/v2/trace/00080003-2222-4222-8222-222222222222/timeline.jsonl
"""
import gzip
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

spans = []


class Platform(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.endswith("/telemetry-upload"):
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            spans.extend(json.loads(body)["telemetry"])
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Platform)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
os.environ.update(HUD_API_URL=url, HUD_TELEMETRY_URL=url, HUD_API_KEY="recorded", HUD_TELEMETRY_ENABLED="true")

import numpy as np  # noqa: E402
from hud.telemetry.exporter import flush  # noqa: E402
from hud.telemetry.robot import TraceRecorder  # noqa: E402

TICKS, FPS, CHUNK = 60, 10, 12
JOINTS = [f"joint_{i}.pos" for i in range(1, 6)] + ["gripper.pos"]
recorder = TraceRecorder(trace_id="5b0d3f2a9c1e4f7b8a6d2c4e0f1a3b5c", fps=FPS, prompt="Put the red block into the bowl.",
                         action_names=JOINTS, state_names={"observation.state": JOINTS}, sim_clock=True, lossless_video=True)


def angles(tick):
    t = tick / TICKS
    return np.array([np.sin(6 * t), 0.8 * np.cos(4 * t), 0.5 * t, -0.4 * np.sin(9 * t), 0.3, float(t > 0.6)])


def frame(tick, top):
    picture = np.full((120, 160, 3), (214, 208, 198) if top else (120, 134, 148), np.uint8)
    picture[84:112, 104:146] = (70, 90, 120)
    x, y = int(20 + 90 * tick / TICKS), int(70 - 40 * np.sin(3 * tick / TICKS)) if not top else 50
    picture[y:y + 18, x:x + 18] = (200, 60, 50)
    picture[max(0, y - 26):y, x + 7:x + 11] = (40, 40, 44)
    return picture


for tick in range(TICKS):
    recorder.record_observation({"observation.state": angles(tick), "wrist": frame(tick, False), "front": frame(tick, True)}, tick=tick)
    if tick % CHUNK == 0:
        recorder.record_inference(np.stack([angles(tick + i + 1) for i in range(CHUNK + 4)]), tick=tick)
recorder.close()
flush()

for span in sorted(spans, key=lambda span: span["start_time"]):
    payload = span["attributes"]["hud.payload"]
    kind = span["name"].removeprefix("step.")
    entry = {"id": span["span_id"], "kind": kind, "started_at": span["start_time"], "ended_at": span["end_time"]}
    if kind == "user":
        entry |= {"kind": "prompt", "text": payload["messages"][0]["content"]["text"], "messages": payload["messages"]}
    else:
        entry["payload"] = payload
    print(json.dumps(entry))
