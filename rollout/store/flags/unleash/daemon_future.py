"""Work that may never come back, done where nobody has to wait for it."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

ResultT = TypeVar("ResultT")


def daemon_future(work: Callable[[], ResultT]) -> "Future[ResultT]":
    """Do some work on a thread of its own, which nothing waits for when the program ends."""
    done: Future[ResultT] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            done.set_exception(error)

    Thread(target=run, name="understudy-daemon-future", daemon=True).start()
    return done
