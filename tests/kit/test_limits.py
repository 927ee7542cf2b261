"""Limits: few at once, some who wait, and words for the rest."""

import threading

import pytest

from app.kit.errors import Busy
from app.kit.limits import ConcurrencyLimit


def test_one_more_than_may_wait_is_told_to_come_again() -> None:
    limit = ConcurrencyLimit(at_once=2, waiting=0, patience=60)
    with limit.slot(refused="x"), limit.slot(refused="x"), pytest.raises(Busy, match="ลองใหม่"):
        limit.slot(refused="ลองใหม่").__enter__()
    with limit.slot(refused="x"):
        pass


def test_whoever_waited_in_vain_is_told_so_and_keeps_no_place() -> None:
    limit = ConcurrencyLimit(at_once=1, waiting=1, patience=0)
    with limit.slot(refused="x"):
        for _ in range(3):
            with pytest.raises(Busy), limit.slot(refused="x"):
                pytest.fail("it was not its turn")
    with limit.slot(refused="x"):
        pass


def test_who_waits_has_the_next_turn() -> None:
    limit = ConcurrencyLimit(at_once=1, waiting=1, patience=60)
    started, done = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        with limit.slot(refused="x"):
            done.set()

    waiting = threading.Thread(target=wait)
    with limit.slot(refused="x"):
        waiting.start()
        assert started.wait(60)
        assert not done.is_set()
    assert done.wait(60)
    waiting.join()


def test_work_that_fails_gives_its_turn_back() -> None:
    limit = ConcurrencyLimit(at_once=1, waiting=0, patience=0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), limit.slot(refused="x"):
            raise ZeroDivisionError
    with limit.slot(refused="x"):
        pass


def test_one_who_asks_for_every_place_gets_no_more_than_each_may_have() -> None:
    limit = ConcurrencyLimit(at_once=3, waiting=0, patience=0, each=2)
    with limit.slot(refused="x", who="one"), limit.slot(refused="x", who="one"):
        with pytest.raises(Busy), limit.slot(refused="no third", who="one"):
            pass
        with limit.slot(refused="x", who="other"), pytest.raises(Busy), limit.slot(refused="x", who="third"):
            pass
    with limit.slot(refused="x", who="one"):
        assert limit._places == {"one": 1}
