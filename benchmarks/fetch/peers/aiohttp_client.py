"""aiohttp_client.py URL COUNT CONCURRENCY [sqlite]: aiohttp on uvloop with a semaphore's worth of workers; with `sqlite` every body is stored by a thread
of its own in groups of at most 500, each committed to the disk."""

import asyncio
import json
import os
import resource
import sqlite3
import sys
import tempfile
import time

import aiohttp
import uvloop

url, count, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
stores = sys.argv[4:] == ["sqlite"]


class Store:
    def __init__(self, path):
        self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute("CREATE TABLE result (url TEXT PRIMARY KEY, status INTEGER, body BLOB)")
        self.rows = asyncio.Queue(maxsize=2000)

    def write(self, rows):
        self.database.execute("BEGIN")
        self.database.executemany("INSERT INTO result VALUES (?, ?, ?)", rows)
        self.database.execute("COMMIT")

    async def run(self):
        isOpen = True
        while isOpen:
            rows = [await self.rows.get()]
            while len(rows) < 500 and not self.rows.empty():
                rows.append(self.rows.get_nowait())
            if rows[-1] is None:
                rows.pop()
                isOpen = False
            if rows:
                await asyncio.to_thread(self.write, rows)


async def run(session, store):
    begun = ok = 0

    async def work():
        nonlocal begun, ok
        while begun < count:
            own = f"{url}?n={begun}"
            begun += 1
            async with session.get(own) as response:
                body = await response.read()
                ok += response.status == 200 and len(body) > 0
            if store:
                await store.rows.put((own, response.status, body))

    await asyncio.gather(*(work() for _ in range(concurrency)))
    return ok


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def main():
    connector = aiohttp.TCPConnector(limit=concurrency)
    with tempfile.TemporaryDirectory() as folder:
        async with aiohttp.ClientSession(connector=connector) as session:
            before, begun_at = cpu(), time.perf_counter()
            store = Store(os.path.join(folder, "results.db")) if stores else None
            writing = asyncio.create_task(store.run()) if store else None
            ok = await run(session, store)
            if store:
                await store.rows.put(None)
                await writing
            seconds, cpu_seconds = time.perf_counter() - begun_at, cpu() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"items": count, "ok": ok, "seconds": seconds, "cpuSeconds": cpu_seconds, "peakMiB": peak}))


uvloop.install()
asyncio.run(main())
