"""Writes the keys an installation lacks to DATA_DIR/secrets.env: bin/setup --keys. Never over one that is there."""

import base64
import os
import secrets
import sys
from pathlib import Path

from lms.paper import badge_keys, signing_keys

MAKERS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "FIELD_KEYS": lambda: "k1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "FIELD_INDEX_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "SIGNING_KEYS": lambda: signing_keys.new_ring(site=os.environ.get("SITE_URL", "")),
    "BADGE_KEYS": badge_keys.new_ring,
}
# What was written with these is lost without them; a new SECRET_KEY only signs everybody out, and new SIGNING_KEYS
# or BADGE_KEYS no longer recognise the files and badges that were handed out.
IRREPLACEABLE = {"FIELD_KEYS", "FIELD_INDEX_KEY"}


class KeysLost(Exception):
    """There is data, and the keys it was written with are gone."""


def write_absent(data: Path) -> list[str]:
    """The names of the keys that were made."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / "secrets.env"
    held = {line.partition("=")[0].strip() for line in path.read_text().splitlines()} if path.exists() else set()
    absent = [name for name in MAKERS if name not in held and not os.environ.get(name)]
    lost = [name for name in absent if name in IRREPLACEABLE]
    if lost and (data / "county.sqlite3").exists():
        raise KeysLost(
            f"{path} lacks {', '.join(lost)}, and {data} holds data written with the old keys. Put the file back "
            "from the backup; with new keys nobody could read the ID numbers. (To begin anew, remove the folder.)"
        )
    if absent:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a") as lines:
            lines.writelines(f"{name}={MAKERS[name]()}\n" for name in absent)
    if path.exists() and path.stat().st_uid == os.getuid():
        path.chmod(0o600)
    return absent


def main(folder: str) -> int:
    data = Path(folder).expanduser()
    try:
        made = write_absent(data)
    except KeysLost as error:
        print(f"setup: {error}", file=sys.stderr)  # noqa: T201
        return 1
    if made:
        print(f"setup: wrote {', '.join(made)} to {data / 'secrets.env'}.")  # noqa: T201
        print("setup: keep a copy of that file in a safe place: without it the data cannot be read.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
