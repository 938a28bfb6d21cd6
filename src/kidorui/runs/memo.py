"""Answers kept in files by the hash of their question, so that work is never done twice."""

from __future__ import annotations

import hashlib
import logging
import threading
from pathlib import Path

from kidorui.runs.files import sweep, write_file_in

_MAGIC = b"kidorui memo 1\n"
_DIGEST = hashlib.sha256().digest_size
_LENGTH = 8

_log = logging.getLogger(__name__)


class FileMemo:
    """A memo (`kidorui.studies.context.Memo`) in a folder, shared by any number of processes.

    Each answer is one file, written whole or not at all and read back against its checksum:
    a damaged one counts as absent, is named in the log and written anew.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._used: dict[str, None] = {}
        self._lock = threading.Lock()
        self._swept = False

    @property
    def used(self) -> tuple[str, ...]:
        """The keys found or put so far, sorted."""
        with self._lock:
            return tuple(sorted(self._used))

    def get(self, key: str) -> bytes | None:
        """The answer kept under `key`; None where there is none or it is damaged."""
        path = self.path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        value = _unpack(key, content)
        if value is None:
            _log.warning("%s is damaged and will be computed anew", path)
        else:
            self._note(key)
        return value

    def put(self, key: str, value: bytes) -> None:
        """Keep an answer; of two at once either stays whole."""
        if not self._swept:
            sweep(self.folder)
            self._swept = True
        write_file_in(self.folder, self.path(key), _pack(key, value))
        self._note(key)

    def path(self, key: str) -> Path:
        """The file of a key: any text, hashed."""
        name = hashlib.sha256(key.encode()).hexdigest()
        return self.folder / name[:2] / name[2:]

    def _note(self, key: str) -> None:
        with self._lock:
            self._used[key] = None

    def __getstate__(self) -> dict[str, object]:
        return {"folder": self.folder}

    def __setstate__(self, state: dict[str, Path]) -> None:
        self.__init__(state["folder"])  # type: ignore[misc]  # a worker notes its own keys


def _pack(key: str, value: bytes) -> bytes:
    name = key.encode()
    body = len(name).to_bytes(_LENGTH) + name + value
    return _MAGIC + hashlib.sha256(body).digest() + body


def _unpack(key: str, content: bytes) -> bytes | None:
    start = len(_MAGIC) + _DIGEST
    body = content[start:]
    intact = (
        content.startswith(_MAGIC) and hashlib.sha256(body).digest() == content[len(_MAGIC) : start]
    )
    if not intact:
        return None
    length = int.from_bytes(body[:_LENGTH])
    name = body[_LENGTH : _LENGTH + length]
    return body[_LENGTH + length :] if name == key.encode() else None
