// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

/**
 * A program inside the sandbox that joins WebSockets to the environment's port: Daytona leads HTTP to the ports of a sandbox, not TCP. It
 * listens on loopback, where Daytona's own daemon finds it. A message of text says that no more comes from there.
 */
final class Bridge {

    static final int PORT = 8766;

    static final String PROGRAM =
            """
            import base64, hashlib, socket, struct, threading
            def attend(peer):
                with peer:
                    heard, key = peer.makefile("rb"), b""
                    def read(size):
                        data = heard.read(size)
                        if len(data) < size: raise EOFError
                        return data
                    while line := heard.readline(65536).strip():
                        name, _, value = line.partition(b":")
                        if name.strip().lower() == b"sec-websocket-key": key = value.strip()
                    environment = socket.create_connection(("127.0.0.1", %d))
                    sign = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
                    peer.sendall(b"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
                        b"Sec-WebSocket-Accept: " + sign + b"\\r\\n\\r\\n")
                    sending = threading.Lock()
                    def say(kind, data):
                        head = bytes([128 | kind, len(data)]) if len(data) < 126 else struct.pack(">BBH", 128 | kind, 126, len(data))
                        with sending: peer.sendall(head + data)
                    def copy():
                        try:
                            while data := environment.recv(32768): say(2, data)
                            say(8, struct.pack(">H", 1000))
                        except OSError: pass
                        finally: peer.shutdown(socket.SHUT_WR)
                    threading.Thread(target=copy, daemon=True).start()
                    with environment:
                        while True:
                            head = read(2)
                            kind, size = head[0] & 15, head[1] & 127
                            if size == 126: size = struct.unpack(">H", read(2))[0]
                            elif size == 127: size = struct.unpack(">Q", read(8))[0]
                            mask = read(4) if head[1] & 128 else bytes(4)
                            data = read(size)
                            veil = int.from_bytes((mask * (size // 4 + 1))[:size], "little")
                            data = (int.from_bytes(data, "little") ^ veil).to_bytes(size, "little")
                            if kind == 8: return
                            if kind == 9: say(10, data)
                            elif kind == 1: environment.shutdown(socket.SHUT_WR)
                            elif kind in (0, 2): environment.sendall(data)
            def quietly(peer):
                try: attend(peer)
                except (OSError, EOFError): pass
            server = socket.create_server(("127.0.0.1", %d), backlog=64)
            while True: threading.Thread(target=quietly, args=(server.accept()[0],), daemon=True).start()
            """
                    .formatted(DaytonaRuntime.CONTROL_PORT, PORT);

    private Bridge() {}
}
