# SPDX-License-Identifier: Apache-2.0
"""An environment that tries what it can reach from its sandbox, and tells."""

import base64
import json
import os
import socket
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from hud import Environment

env = Environment("prober")


def connects(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=1).close()
        return True
    except OSError:
        return False


def connects_by_proxy(address: str, port: int) -> bool:
    return " 200 " in proxy_says(address, port, password()).split("\r\n")[0]


def password() -> str:
    """What the door's address holds where it keeps a list of hosts for this sandbox."""
    proxy = urlsplit(os.environ["HTTP_PROXY"])
    return base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode() if proxy.password else ""


def proxy_says(address: str, port: int, password: str) -> str:
    proxy = urlsplit(os.environ["HTTP_PROXY"])
    known = f"Proxy-Authorization: Basic {password}\r\n" if password else ""
    with socket.create_connection((proxy.hostname, proxy.port), timeout=20) as connection:
        connection.sendall(f"CONNECT {address}:{port} HTTP/1.1\r\nHost: {address}:{port}\r\n{known}\r\n".encode())
        return connection.recv(1024).decode()


def fetches(url: str) -> str:
    """As any program that reads the proxy's variables."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return f"{answer.status}"
    except urllib.error.HTTPError as refused:
        return f"{refused.code} {refused.read().decode()}"
    except OSError as failed:
        return str(failed)


def asks(url: str, key: str, body: dict | None = None) -> str:
    request = urllib.request.Request(url, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", f"Bearer {key}")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
            return f"{answer.status} {answer.read().decode()}"
    except urllib.error.HTTPError as refused:
        return f"{refused.code} {refused.read().decode()}"


@env.template()
async def probe(addresses: str, ports: str, own: str, other: str, run: str, data: str):
    yield "Say anything."
    targets = [(address, int(port)) for address in addresses.split() for port in ports.split()]
    gateway, api, key = os.environ["HUD_GATEWAY_URL"], os.environ["HUD_API_URL"], os.environ["HUD_API_KEY"]
    question = {"messages": [{"role": "user", "content": "Is it good?"}]}
    yield {
        "score": 1.0,
        "open": [f"{address}:{port}" for address, port in targets if connects(address, port)],
        "open_by_proxy": [f"{address}:{port}" for address, port in targets if connects_by_proxy(address, port)],
        "judge": asks(f"{gateway}/chat/completions", key, {"model": own, **question}),
        "other_model": asks(f"{gateway}/chat/completions", key, {"model": other, **question}),
        "without_key": asks(f"{gateway}/chat/completions", "", {"model": own, **question}),
        "api": asks(f"{api}/v2/jobs", key),
        "around": [asks(f"{api}/{path}", key) for path in ("inference/../v2/jobs", "%69nference/models", f"telemetry/../v2/trace/{run}")],
        # where there is no list the door would lead out to them
        "unlisted": fetches("http://example.com/") if password() else "",
        "without_password": proxy_says("pypi.org", 443, "") if password() else "",
        "neighbours": [pid for pid in os.listdir("/proc") if pid.isdigit() and b"java" in open(f"/proc/{pid}/cmdline", "rb").read()],
        "files": [path for path in (data, f"{data}/keys", f"{data}/postgres-password") if os.path.exists(path)],
    }
