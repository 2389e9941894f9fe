"""The embedded mail server: accepts mail for every address and lays each message into a directory.

`python -m stack.mail_sink --dir DIR --port 0` prints the port that it got. For tests, `DIR/refuse.json` maps an address
or `@domain` to the answer that it gets: `{"full@example.com": "452 4.2.2 mailbox full"}`. It is read at each RCPT.
"""

import argparse
import asyncio
import json
import os
import signal
import uuid
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

SIZE_LIMIT = 50_000_000
REFUSALS = "refuse.json"
MESSAGE_SUFFIX = ".eml"


class Sink:
    """One file `<sequence>-<uuid>.eml` a message: three envelope headers, then the bytes as they were received."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._sequence = max((_sequence(path) for path in directory.glob(f"*{MESSAGE_SUFFIX}")), default=0)

    async def handle_RCPT(  # noqa: N802, RUF100 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if answer := self._refusal(address):
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802, RUF100
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self._sequence += 1
        name = f"{self._sequence:08d}-{uuid.uuid4()}{MESSAGE_SUFFIX}"
        head = (
            f"X-Envelope-From: {envelope.mail_from}\r\n"
            f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
            f"X-Received-At: {datetime.now(UTC).isoformat(timespec='microseconds')}\r\n"
        )
        partial = self._directory / f".{name}"
        partial.write_bytes(head.encode() + (envelope.original_content or b""))
        partial.rename(self._directory / name)  # readers see a whole message or none
        return f"250 2.0.0 OK {name}"

    def _refusal(self, address: str) -> str | None:
        path = self._directory / REFUSALS
        if not path.exists():
            return None
        refusals: dict[str, str] = json.loads(path.read_text())
        return refusals.get(address) or refusals.get("@" + address.rpartition("@")[2])


def _sequence(path: Path) -> int:
    head = path.name.partition("-")[0]
    return int(head) if head.isdigit() else 0


async def serve(directory: Path, port: int, port_file: Path | None) -> None:
    """Serves on 127.0.0.1 until SIGTERM or SIGINT; port 0 takes a free one."""
    directory.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    sink = Sink(directory)

    def connection() -> SMTP:
        return SMTP(sink, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, hostname="localhost", loop=loop)

    # asyncio sets SO_REUSEADDR: after a restart the port is free although old connections linger.
    server = await loop.create_server(connection, "127.0.0.1", port)
    port = server.sockets[0].getsockname()[1]
    if port_file:
        partial = port_file.with_name(f".{port_file.name}.{os.getpid()}")
        partial.write_text(f"{port}\n")
        partial.rename(port_file)
    print(port, flush=True)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Accepts mail and lays it into a directory.")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file", type=Path)
    given = parser.parse_args()
    asyncio.run(serve(given.dir, given.port, given.port_file))
