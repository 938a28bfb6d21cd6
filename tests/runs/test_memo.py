import logging
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kidorui.runs import FileMemo


@pytest.fixture
def memo(tmp_path):
    return FileMemo(tmp_path / "memo")


def test_what_is_put_is_got(memo):
    assert memo.get("a") is None
    memo.put("a", b"one")
    memo.put("b", b"")
    memo.put("a", b"two")
    assert (memo.get("a"), memo.get("b")) == (b"two", b"")
    assert memo.used == ("a", "b")


@settings(max_examples=30)
@given(key=st.text(st.characters(exclude_categories=["Cs"])), value=st.binary(max_size=2000))
def test_any_key_and_value(tmp_path_factory, key, value):
    memo = FileMemo(tmp_path_factory.mktemp("memo"))
    memo.put(key, value)
    assert memo.get(key) == value
    assert memo.get(key + "x") is None


@pytest.mark.parametrize("where", [0, 20, 50, 60, -1])
def test_a_changed_byte_is_absence_and_is_said(memo, caplog, where):
    memo.put("key", b"value")
    content = bytearray(memo.path("key").read_bytes())
    content[where] ^= 1
    memo.path("key").write_bytes(content)
    with caplog.at_level(logging.WARNING, "kidorui"):
        assert memo.get("key") is None
    assert "damaged" in caplog.text
    memo.put("key", b"value")
    assert memo.get("key") == b"value"


def test_every_truncation_is_absence(memo):
    memo.put("key", b"value")
    content = memo.path("key").read_bytes()
    for length in range(len(content)):
        memo.path("key").write_bytes(content[:length])
        assert memo.get("key") is None


def test_a_file_of_another_key_is_absence(memo):
    memo.put("a", b"1")
    memo.path("b").parent.mkdir(parents=True, exist_ok=True)
    memo.path("b").write_bytes(memo.path("a").read_bytes())
    assert memo.get("b") is None


def test_threads_may_write_one_key(memo):
    values = [bytes([n]) * 5000 for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda value: memo.put("key", value), values))
    assert memo.get("key") in values
    assert not list(memo.folder.rglob(".unfinished*"))


def test_what_killed_writers_left_is_swept(memo):
    memo.put("a", b"1")
    (memo.folder / ".unfinished-1").write_bytes(b"half")
    FileMemo(memo.folder).put("b", b"2")
    assert not list(memo.folder.glob(".unfinished*"))
    assert memo.get("a") == b"1"


def test_it_travels_to_a_worker(memo):
    memo.put("a", b"1")
    copy = pickle.loads(pickle.dumps(memo))
    assert copy.get("a") == b"1"
    assert copy.used == ("a",)
