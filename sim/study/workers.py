"""Tasks in this process, in many or on a cluster: results as they come, and what a dead worker had is done again."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import ECONNABORTED, ECONNREFUSED, ENOMEM
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

LOOK = 1.0  # seconds, after which it is looked whether anything can still come
DEATHS = 3  # of its workers in a row, after which a task is given up
DIED = (
    "the worker died each time that one of the tasks was begun; it ran out of memory, or was killed, or it ran a "
    'script again that begins its work without asking if __name__ == "__main__"'
)
ANSWER = 8  # seconds within which a cluster answers
COUNTED = 5.0  # seconds until a cluster's workers are counted again


class WorkersDied(OSError):
    """A task ended its worker three times in a row, the last time with no other task beside it."""


def finished(
    function: Callable[[T], R], tasks: Iterable[T], *, workers: int = 1, cluster: str | None = None
) -> Generator[tuple[T, R], None, None]:
    """Yield (task, result) in the order in which they are done, with about two tasks a worker under way at a time.

    workers: processes on this machine; with 1, the tasks are computed in this one. cluster: instead, the address of
    a Dask scheduler, tcp://host:port. A worker that dies costs the tasks it had, which are begun again.
    Raises what the function raises, WorkersDied, and of a cluster ModuleNotFoundError or ConnectionError.
    Left early, by an exception or by closing the generator, it waits for no task.
    """
    run = _Run(function, tasks)
    while not run.done:
        pool = _pool(workers, cluster)
        whole = False
        try:
            yield from run.results(pool)
            whole = run.done
        finally:
            pool.close(whole)


class _Pool:
    """Where tasks are computed."""

    @property
    def window(self) -> int:
        """How many may be under way."""
        raise NotImplementedError

    def submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        """Begin a task, or have it wait. Raises BrokenExecutor where nothing can be begun any more."""
        raise NotImplementedError

    def error(self, future: Future[R]) -> BaseException | None:
        """What a task that is done raised."""
        return future.exception()

    def alive(self) -> bool:
        """Can a task that is under way still come to an end?"""
        return True

    def close(self, whole: bool) -> None:
        """End what was begun for it; whole: all tasks are done."""


def _pool(workers: int, cluster: str | None) -> _Pool:
    if cluster is not None:
        return _Cluster(cluster)
    return _Processes(workers) if workers > 1 else _Here()


@dataclass
class _Task(Generic[T]):
    given: T
    deaths: int = 0  # of pools in which it was under way

    @property
    def suspect(self) -> bool:
        return self.deaths >= DEATHS - 1


class _Run(Generic[T, R]):
    """All tasks of one call, through as many pools as it takes."""

    def __init__(self, function: Callable[[T], R], tasks: Iterable[T]) -> None:
        self.done = False
        self._function = function
        self._new = map(_Task, tasks)
        self._again: deque[_Task[T]] = deque()
        self._running: dict[Future[R], _Task[T]] = {}

    def results(self, pool: _Pool) -> Iterator[tuple[T, R]]:
        """What the pool computes until all is done or the pool is broken; then the lost tasks wait for the next."""
        lost: list[_Task[T]] = []
        broken = False
        while True:
            broken = broken or not self._fill(pool)
            if not self._running:
                break
            ready, _ = wait(self._running, timeout=LOOK, return_when=FIRST_COMPLETED)
            if not ready and not pool.alive():
                lost += self._running.values()
                self._running.clear()
                broken = True
            failed: list[BaseException] = []
            for future in ready:
                task, error = self._running.pop(future), pool.error(future)
                if error is None:
                    yield task.given, future.result()
                elif isinstance(error, BrokenExecutor):
                    broken = True
                    lost.append(task)
                else:
                    failed.append(error)
            for error in failed:
                raise error
        self.done = not broken
        self._retry(lost)

    def _fill(self, pool: _Pool) -> bool:
        """Keep the pool busy; a suspect runs alone, so that no other answers for it. False if the pool is broken."""
        while True:
            known = [*self._running.values(), *([self._again[0]] if self._again else [])]
            if len(self._running) >= (1 if any(each.suspect for each in known) else pool.window):
                return True
            task = self._again.popleft() if self._again else next(self._new, None)
            if task is None:
                return True
            try:
                self._running[pool.submit(self._function, task.given)] = task
            except BrokenExecutor:
                self._again.appendleft(task)
                return False

    def _retry(self, lost: list[_Task[T]]) -> None:
        for task in lost:
            task.deaths += 1
            if task.deaths >= DEATHS:
                raise WorkersDied(ENOMEM, DIED)
        self._again.extendleft(reversed(lost))


class _Here(_Pool):
    """This process, one task at a time."""

    @property
    def window(self) -> int:
        return 1  # what a kill costs is then one task

    def submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        future: Future[R] = Future()
        try:
            future.set_result(function(task))
        except Exception as error:
            future.set_exception(error)
        return future


class _Processes(_Pool):
    """Processes of this machine, begun afresh, so that they have neither the store's lock nor its connection."""

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._workers = workers
        self._read, self._write = context.Pipe(duplex=False)  # nothing is sent; it ends when this process does
        self._executor = ProcessPoolExecutor(workers, context, _begin, (self._read,))

    @property
    def window(self) -> int:
        return 2 * self._workers

    def submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        with _deaf():
            return self._executor.submit(function, task)

    def alive(self) -> bool:
        """Not, if the thread that minds the workers died, as it does where memory is short: then nothing comes."""
        minder = getattr(self._executor, "_executor_manager_thread", None)
        return minder is None or minder.is_alive()

    def close(self, whole: bool) -> None:
        if not whole:
            self._write.close()  # ends the workers at once, in the middle of their tasks
        self._executor.shutdown(wait=whole, cancel_futures=True)
        self._write.close()
        self._read.close()


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C waits, and processes that are begun meanwhile never hear it, not even while they start."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(parent: Connection) -> None:
    """In a worker: leave Ctrl-C to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Connection) -> None:
    with suppress(OSError):
        parent.poll(None)
    os._exit(1)


class _Cluster(_Pool):
    """The workers of a Dask scheduler, which by itself begins again what dead workers had."""

    def __init__(self, address: str) -> None:
        import distributed

        self._dask: Any = distributed
        self._address = address
        for name in ("distributed.client", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is raised
        if asyncio.run(self._kind()) != "Scheduler":
            raise ConnectionError(ECONNREFUSED, "no Dask scheduler answers there", address)
        self._client = self._dask.Client(address, timeout=ANSWER, set_as_default=False)
        self._executor = self._client.get_executor(pure=False)
        try:
            self._client.wait_for_workers(1, timeout=ANSWER)
        except OSError:
            self.close(False)
            raise ConnectionError(ECONNREFUSED, "the Dask scheduler has no workers", address) from None
        self._window, self._counted = 0, -COUNTED

    @property
    def window(self) -> int:
        """By the workers that there are now: some may have come since."""
        if monotonic() >= self._counted + COUNTED:
            self._window, self._counted = 2 * max(1, sum(self._client.nthreads().values())), monotonic()
        return self._window

    async def _kind(self) -> object:
        """What answers; asked first, since a client that fails to connect lingers, and of a mute server waits on."""
        try:
            ways = self._dask.Security().get_connection_args("client")
            async with asyncio.timeout(ANSWER), self._dask.rpc(self._address, connection_args=ways) as server:
                return (await server.identity())["type"]
        except Exception:  # of any kind, where something else answers
            return None

    def submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        future: Future[R] = self._executor.submit(function, task)
        return future

    def error(self, future: Future[R]) -> BaseException | None:
        try:
            error = future.exception()
        except CancelledError:
            return ConnectionError(ECONNABORTED, "the Dask scheduler is gone", self._address)
        return WorkersDied(ENOMEM, DIED) if isinstance(error, self._dask.KilledWorker) else error

    def close(self, whole: bool) -> None:
        self._executor.shutdown(wait=False)
        self._client.close(timeout=1)
