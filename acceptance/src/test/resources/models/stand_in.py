# SPDX-License-Identifier: Apache-2.0
"""A stand-in for four providers of models: OpenAI, Anthropic, Google, and somebody who only knows Chat Completions.

It speaks their protocols, takes only requests that the official SDKs could have made, and plays what `plays.py` says.

    python stand_in.py LOG     prints `listening on PORT`, and writes one line of JSON for each request when it is over

Each provider has a path of its own and a key of its own: /openai/v1, /anthropic, /google/v1beta, /compat/v1 with `key-of-<provider>`.
What the log's lines hold: provider, path, query, headers, body, body_sha256, began and ended (in seconds), problem (why it was not
acceptable; null), status, answer_sha256 and answer_bytes (of the body that was sent), gone (the other side had left).
"""

import base64
import hashlib
import json
import re
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import plays
import wire

MODELS = {
    "openai": ["gpt-5.6", "gpt-5.6-sol", "gpt-5", "gpt-5.4-mini", "text-embedding-3-small"],
    "anthropic": ["claude-sonnet-5-5", "claude-sonnet-5", "claude-sonnet-4-6", "claude-haiku-4-5"],
    "google": ["gemini-3.1-pro-preview", "gemini-2.5-pro", "gemini-embedding-001"],
    "compat": ["x-ai/grok-4-1-fast", "moonshotai/kimi-k2.6", "gpt-5.6-luna", "Qwen/Qwen3.5-4B"],
}
BEARER = {"authorization": "Bearer {}"}
CREDENTIALS = {"openai": BEARER, "compat": BEARER, "anthropic": BEARER | {"x-api-key": "{}"}, "google": {"x-goog-api-key": "{}"}}
CHAT, LOOSE_CHAT, RESPONSES, MESSAGES, GEMINI = wire.Chat(), wire.Chat(strict=False), wire.Responses(), wire.Messages(), wire.Gemini()
SHAPES = {"openai": CHAT, "anthropic": MESSAGES, "google": GEMINI, "compat": LOOSE_CHAT}
KINDS = {401: "authentication_error", 402: "billing_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error",
         500: "api_error", 503: "api_error", 529: "overloaded_error"}


class Log:

    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8")
        self.lock = threading.Lock()
        self.number = 0

    def begin(self):
        with self.lock:
            self.number += 1
            return self.number

    def end(self, line):
        line["ended"] = time.monotonic()
        with self.lock:
            self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self.file.flush()


class Gone(Exception):
    """There is nobody to answer any more, or nobody is to be answered."""


class Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    log = None

    def do_POST(self):
        self._serve()

    do_GET = do_HEAD = do_DELETE = do_POST

    def log_message(self, *words):
        pass

    def _serve(self):
        number = self.log.begin()
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            raw = self._chunks()
        place = urlsplit(self.path)
        self.provider, _, self.rest = place.path[1:].partition("/")
        self.number, self.sent, self.hash = number, 0, hashlib.sha256()
        self.line = {
            "provider": self.provider, "method": self.command, "path": "/" + self.rest, "query": place.query,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": None, "body_sha256": hashlib.sha256(raw).hexdigest(),
            "began": time.monotonic(), "problem": None, "status": None, "gone": False}
        self.shape = SHAPES.get(self.provider, CHAT)
        try:
            self._admit()
            if self.command == "POST":
                try:
                    self.line["body"] = json.loads(raw)
                except ValueError:
                    raise wire.Refused("the body is no JSON") from None
            self._answer(self.line["body"])
        except wire.Refused as refused:
            if not refused.played:
                self.line["problem"] = str(refused)
            self._json(refused.status, self.shape.error(refused.status, refused.kind, str(refused)), refused.headers)
        except (Gone, ConnectionError):
            self.line["gone"] = True
            self.close_connection = True
        finally:
            self.line |= {"answer_sha256": self.hash.hexdigest(), "answer_bytes": self.sent}
            self.log.end(self.line)

    def _chunks(self):
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _admit(self):
        """Anthropic takes both forms of a key, the others one."""
        wanted = CREDENTIALS.get(self.provider)
        if wanted is None:
            raise wire.Refused("no such provider", 404, "not_found_error")
        key = "key-of-" + self.provider
        found = {name: self.headers[name] for name in ("authorization", "x-api-key", "x-goog-api-key", "cookie") if name in self.headers}
        if "key=" in self.line["query"] or found not in [{name: form.format(key)} for name, form in wanted.items()]:
            raise wire.Refused(f"Incorrect API key provided, or not only that: {', '.join(found)}.", 401, KINDS[401])

    def _answer(self, body):
        if self.command != "POST":
            self._list()
        elif found := re.fullmatch(r"v1beta/models/(.+):(\w+)", self.rest) if self.provider == "google" else None:
            self._gemini(unquote(found[1]), found[2], body)
        elif self.provider == "anthropic" and self.rest == "v1/messages/count_tokens":
            MESSAGES.accept(body, self._lower(), counting=True)
            self._json(200, {"input_tokens": 120})
        elif self.provider == "anthropic" and self.rest == "v1/messages":
            self._generate(MESSAGES, body, bool(body.get("stream")))
        elif self.provider in ("openai", "compat") and self.rest == "v1/chat/completions":
            self._generate(self.shape, body, bool(body.get("stream")))
        elif self.provider == "openai" and self.rest == "v1/responses":
            self.shape = RESPONSES
            self._generate(RESPONSES, body, bool(body.get("stream")))
        elif self.provider == "openai" and self.rest == "v1/embeddings":
            self._embed(body)
        else:
            raise wire.Refused(f"no such path: {self.path}", 404)

    def _gemini(self, model, action, body):
        if action == "countTokens":
            GEMINI.accept(body, self._lower(), counting=True)
            self._json(200, {"totalTokens": 120})
        elif action == "batchEmbedContents":
            wire.check(wire.Embeds, body)
            if any(request["model"] != f"models/{model}" for request in body["requests"]):
                raise wire.Refused("all requests must be of the model of the path")
            self._json(200, {"embeddings": [{"values": [0.5, -0.25, 0.125]} for _ in body["requests"]]})
        elif action in ("generateContent", "streamGenerateContent"):
            if action == "streamGenerateContent" and self.line["query"] != "alt=sse":
                raise wire.Refused("only alt=sse is played here")
            GEMINI.accept(body, self._lower())
            self._generate(GEMINI, body | {"model": model}, action == "streamGenerateContent", checked=True)
        else:
            raise wire.Refused(f"no such action: {action}", 404)

    def _generate(self, shape, body, streamed, checked=False):
        if not checked:
            shape.accept(body, self._lower())
        if body["model"] not in MODELS[self.provider]:
            raise wire.Refused(f"The model {body['model']} does not exist.", 404, "model_not_found")
        turn = plays.turn_of(shape.said(body), body["model"])
        if fail := turn.get("fail"):
            status = fail["status"]
            kind = fail.get("type", KINDS.get(status, "invalid_request_error"))
            raise wire.Refused(fail.get("message", f"played: {status}"), status, kind, fail.get("headers", {}), played=True)
        calls = wire.calls_of(turn, shape.offered(body))
        time.sleep(turn.get("delay", 0))
        if streamed:
            self._stream(turn, shape.events(self.number, body, turn, calls), shape.broken(self.number, body))
        else:
            self._json(200, shape.whole(self.number, body, turn, calls))

    def _embed(self, body):
        wire.check(wire.EMBEDDINGS, body)
        several = isinstance(body["input"], list) and body["input"] and isinstance(body["input"][0], (str, list))
        given = body["input"] if several else [body["input"]]
        numbers = [0.5, -0.25, 0.125]
        shown = base64.b64encode(struct.pack("<3f", *numbers)).decode() if body.get("encoding_format") == "base64" else numbers
        self._json(200, {"object": "list", "model": body["model"], "usage": {"prompt_tokens": 12, "total_tokens": 12},
                         "data": [{"object": "embedding", "index": at, "embedding": shown} for at in range(len(given))]})

    def _list(self):
        names = MODELS[self.provider]
        if self.provider == "google" and self.rest == "v1beta/models":
            self._json(200, {"models": [{
                "name": f"models/{name}", "displayName": name, "version": "1", "inputTokenLimit": 1_000_000, "outputTokenLimit": 65_536,
                "supportedGenerationMethods": ["generateContent", "countTokens"]} for name in names]})
        elif self.provider == "anthropic" and self.rest == "v1/models":
            listed = [{"type": "model", "id": name, "display_name": name.title(), "created_at": "2026-02-01T00:00:00Z"} for name in names]
            self._json(200, {"data": listed, "has_more": False, "first_id": names[0], "last_id": names[-1]})
        elif self.provider in ("openai", "compat") and self.rest == "v1/models":
            listed = [{"id": name, "object": "model", "created": 1_790_000_000, "owned_by": self.provider} for name in names]
            self._json(200, {"object": "list", "data": listed})
        else:
            raise wire.Refused(f"no such path: {self.path}", 404)

    # ------------------------------------------------------------ writing

    def _lower(self):
        return self.line["headers"]

    def _head(self, status, kind, more=()):
        """With the account's own limits, which are nobody's business behind a gateway."""
        self.line["status"] = status
        self.send_response(status)
        self.send_header("content-type", kind)
        if self.provider == "anthropic":
            self.send_header("request-id", f"req_{self.number:08d}")
            self.send_header("anthropic-ratelimit-requests-remaining", "3")
        elif self.provider == "openai":
            self.send_header("x-request-id", f"req_{self.number:08d}")
            self.send_header("x-ratelimit-remaining-requests", "3")
        for name, value in dict(more).items():
            self.send_header(name, str(value))

    def _json(self, status, body, headers=()):
        raw = json.dumps(body, ensure_ascii=False, indent=2).encode()
        self._head(status, "application/json", headers)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self._send(raw)

    def _stream(self, turn, events, broken):
        self._head(200, "text/event-stream; charset=utf-8", {"transfer-encoding": "chunked"})
        self.end_headers()
        for count, event in enumerate(events):
            if count == turn.get("cut"):
                self._reset()
            if count == turn.get("end"):
                break
            if count == turn.get("break"):
                self._chunk(broken)
                break
            if turn.get("cut_bytes") is not None and self.sent + len(event) > turn["cut_bytes"]:
                self._chunk(event[:turn["cut_bytes"] - self.sent])
                self._reset()
            self._chunk(event)
            time.sleep(turn.get("pause", 0))
        self.wfile.write(b"0\r\n\r\n")

    def _reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise Gone

    def _chunk(self, raw):
        if raw:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(raw), raw))
            self._told(raw)

    def _send(self, raw):
        if self.command != "HEAD":
            self.wfile.write(raw)
            self._told(raw)

    def _told(self, raw):
        self.sent += len(raw)
        self.hash.update(raw)


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


if __name__ == "__main__":
    Call.log = Log(sys.argv[1])
    server = Server(("127.0.0.1", 0), Call)
    print(f"listening on {server.server_address[1]}", flush=True)
    server.serve_forever()
