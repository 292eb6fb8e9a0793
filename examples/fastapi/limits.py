"""How often something may happen in a minute, counted in the memory of this one process.

All of it runs on the event loop, so no count is ever read and written by two at once.
"""

import asyncio
import math
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from problems import too_many

MINUTE = 60.0
SWEEP_AT = 10_000


class Limit:
    """At most `most` events for one key in each sliding minute."""

    def __init__(self, most: int):
        self.most = most
        self._events: dict[str, deque[float]] = defaultdict(deque)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def check(self, key: str) -> None:
        """Refuses when the minute is used up, and says when it is not any more."""
        now = time.monotonic()
        if len(self._events) > SWEEP_AT:
            for stale in [k for k, events in self._events.items() if not events or events[-1] <= now - MINUTE]:
                del self._events[stale]
        events = self._events[key]
        while events and events[0] <= now - MINUTE:
            events.popleft()
        if len(events) >= self.most:
            # Rounded up, so that waiting this long is always enough.
            raise too_many(math.ceil(events[0] + MINUTE - now))

    def count(self, key: str) -> None:
        self._events[key].append(time.monotonic())

    def take(self, key: str) -> None:
        self.check(key)
        self.count(key)

    @asynccontextmanager
    async def attempt(self, key: str) -> AsyncIterator["Attempt"]:
        """Counts what is done inside unless it succeeds. One at a time, so that a parallel burst gets no extra tries."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            self.check(key)
            attempt = Attempt()
            try:
                yield attempt
            finally:
                if not attempt.succeeded:
                    self.count(key)


class Attempt:
    succeeded = False
