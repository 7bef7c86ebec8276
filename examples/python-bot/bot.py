"""A bot that answers "!time". It speaks PROTOCOL.md with Python's standard library alone."""
import asyncio, base64, contextlib, json, os, pathlib, random, time, urllib.parse, urllib.request

STACK, ROOM = os.environ.get("STACK", "http://localhost:8080"), os.environ.get("ROOM", "lobby")
STATE = pathlib.Path(os.environ.get("STATE", "state.json"))

async def connect(token):
    url, key = urllib.parse.urlsplit(STACK), base64.b64encode(os.urandom(16)).decode()
    port, tls = url.port or {"http": 80, "https": 443}[url.scheme], url.scheme == "https" or None
    reader, writer = await asyncio.open_connection(url.hostname, port, ssl=tls)
    writer.write(f"GET /ws HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                 f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                 f"Sec-WebSocket-Protocol: chat.v1, bearer.{token}\r\n\r\n".encode())
    if " 101 " not in (status := (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0]):
        raise ConnectionError(f"The server refused the handshake: {status}.")
    return reader, writer

def write(writer, opcode, data):
    mask, size = os.urandom(4), bytes([128 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    writer.write(bytes([128 | opcode]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

async def follow(state):
    """Follows the room on one connection. Every question up to the saved cursor has its answer."""
    guest = json.load(urllib.request.urlopen(f"{STACK}/api/token", json.dumps(state["guest"]).encode(), timeout=10))
    reader, writer = await connect(guest["token"])
    cursor, head, owed, ping_at = state.get("cursor", -1), 0, {}, 0

    async def hear(seconds=10):
        nonlocal cursor, head
        opcode, size = await asyncio.wait_for(reader.readexactly(2), seconds)
        size = int.from_bytes(await reader.readexactly(2), "big") if size == 126 else size
        data = await asyncio.wait_for(reader.readexactly(size), 10)
        if opcode == 0x89:  # WebSocket's own ping.
            write(writer, 10, data)
        frame = json.loads(data) if opcode == 0x81 else {}
        head = max(head, frame.get("head", 0), frame.get("seq", 0), frame.get("behind", {}).get(ROOM, 0))
        for entry in frame.get("messages", [frame] if "seq" in frame else []):
            if frame["type"] == "ack" or entry.get("from") == guest["user"]:
                owed.pop(entry["id"], None)
            elif entry.get("text") == "!time" and entry["seq"] > cursor:
                owed[f"answer-{entry['seq']}"] = entry["seq"]
            if entry["seq"] == cursor + 1 or "messages" in frame:  # In order: else some are missing.
                cursor = max(cursor, entry["seq"])
        return frame

    async def ask(action, **fields):
        write(writer, 1, json.dumps({"action": action, "ref": action, **fields}).encode())
        while "ref" not in (reply := await hear()):
            continue
        if reply["type"] == "error":
            raise ConnectionError(reply["message"])
        return reply

    joined = await ask("joinRoom", room=ROOM, **({"after": cursor} if "cursor" in state else {}))
    if joined["log"] != state.get("log") or "reset" in joined:  # What came before the bot stays unanswered.
        cursor, owed = joined["head"], {}
    while True:
        if time.monotonic() > ping_at:
            ping_at = time.monotonic() + 30
            await ask("ping", rooms={ROOM: cursor})
        elif head > cursor:
            await ask("getHistory", room=ROOM, after=cursor)
        elif owed:
            await ask("sendMessage", room=ROOM, id=min(owed, key=owed.get), text=time.strftime("It is %X."),
                      after=cursor)
        elif state.get("cursor") != cursor:
            state.update(cursor=cursor, log=joined["log"], guest={"name": "Clock", "token": guest["token"]})
            STATE.with_suffix(".new").write_text(json.dumps(state))
            STATE.with_suffix(".new").replace(STATE)
        else:
            with contextlib.suppress(asyncio.TimeoutError):
                await hear(30)

state = json.loads(STATE.read_text()) if STATE.exists() else {"guest": {"name": "Clock"}}
while True:
    try:
        asyncio.run(follow(state))
    except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
        print(f"{error or 'The server does not answer.'} Connecting again.", flush=True)
    time.sleep(random.uniform(1, 5))
