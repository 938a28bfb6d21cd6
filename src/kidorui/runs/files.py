"""Writing so that a reader sees all of a file or folder, or nothing, whenever the writer dies."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

if sys.platform != "win32":
    import fcntl

UNFINISHED = ".unfinished-"
REPLACED = ".replaced-"
_LOCK = ".lock"
_STALE_AFTER = 24 * 3600.0  # seconds; only where the file system knows no locks


def write_file(path: Path, content: bytes) -> None:
    """Write a whole file at once; the last of several writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_whole(path, content, path.parent)


def write_file_in(root: Path, path: Path, content: bytes) -> None:
    """Write a whole file somewhere under `root`, which is swept after killed writers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _lock(root, alone=False, wait=True):
        _write_whole(path, content, root)


@contextmanager
def new_folder(root: Path, *, alone: bool = False) -> Iterator[Path]:
    """A folder to fill inside `root`, out of sight of readers; publish it when it is whole.

    What is not published is removed at the end, or by `sweep` if the process was killed.
    alone: keep other writers out meanwhile, as `replace` needs.
    """
    root.mkdir(parents=True, exist_ok=True)
    with _lock(root, alone=alone, wait=True):
        unfinished = root / f"{UNFINISHED}{uuid4().hex}"
        unfinished.mkdir()
        try:
            yield unfinished
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def publish(unfinished: Path, path: Path) -> bool:
    """Give a filled folder its name; False if another process has done so first."""
    for file in unfinished.iterdir():
        flush(file)
    flush(unfinished)
    try:
        unfinished.rename(path)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            return False
        raise
    flush(path.parent)
    return True


def replace(unfinished: Path, path: Path) -> None:
    """Put a filled folder in the place of another; the writer must be alone.

    Killed between the two renames it leaves the old one under another name, which `sweep`
    puts back.
    """
    if publish(unfinished, path):
        return
    old = path.with_name(f"{REPLACED}{path.name}.{uuid4().hex}")
    path.rename(old)
    publish(unfinished, path)
    shutil.rmtree(old, ignore_errors=True)


def sweep(root: Path) -> int:
    """Clear up after killed writers; does nothing while any writer is at work.

    Returns the number of folders and files removed or put back.
    """
    left = [*root.glob(f"{UNFINISHED}*"), *root.glob(f"{REPLACED}*")] if root.is_dir() else []
    if not left:
        return 0
    with _lock(root, alone=True, wait=False) as alone:
        cleared = 0
        for path in (path for path in left if path.exists()):
            if alone or _age(path) > _STALE_AFTER:
                _clear(path)
                cleared += 1
    return cleared


def being_replaced(root: Path, name: str = "*") -> bool:
    """Whether a folder is between the two renames of `replace`, or was left there by a kill."""
    return any(root.glob(f"{REPLACED}{name}.*"))


def flush(path: Path) -> None:
    """Have the operating system write a file or folder to the disk."""
    if path.is_dir() and sys.platform == "win32":
        return  # folders cannot be opened there
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_whole(path: Path, content: bytes, meanwhile: Path) -> None:
    unfinished = meanwhile / f"{UNFINISHED}{uuid4().hex}"
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _clear(path: Path) -> None:
    if path.name.startswith(REPLACED):
        name = path.name.removeprefix(REPLACED).rpartition(".")[0]
        if publish(path, path.with_name(name)):
            return
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


@contextmanager
def _lock(root: Path, *, alone: bool, wait: bool) -> Iterator[bool]:
    """Hold the lock of a store, alone or with other writers; gives False where it is not held.

    The operating system frees it when the process dies.
    """
    if sys.platform == "win32":
        yield False
        return
    with (root / _LOCK).open("ab") as file:
        try:
            fcntl.flock(
                file,
                (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB),
            )
        except OSError:  # held by another, or the file system knows no locks
            yield False
        else:
            yield True
