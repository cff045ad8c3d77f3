"""client.py URL COUNT CONCURRENCY BYTES: aiohttp on uvloop with a worker a connection; prints what it cost, as the others do."""

import asyncio
import json
import resource
import sys
import time

import aiohttp
import uvloop

url, count, concurrency, size = sys.argv[1], *map(int, sys.argv[2:5])


async def run(session, count):
    begun = ok = 0

    async def work():
        nonlocal begun, ok
        while begun < count:
            begun += 1
            async with session.get(url) as response:
                body = await response.read()
                ok += response.status == 200 and len(body) == size

    await asyncio.gather(*(work() for _ in range(concurrency)))
    return ok


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def main():
    connector = aiohttp.TCPConnector(limit=concurrency, ssl=False)
    async with aiohttp.ClientSession(connector=connector) as session:
        await run(session, max(count // 5, 3 * concurrency))
        before, begun_at = cpu(), time.perf_counter()
        ok = await run(session, count)
        seconds, cpu_seconds = time.perf_counter() - begun_at, cpu() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"items": count, "ok": ok, "seconds": seconds, "cpuSeconds": cpu_seconds, "peakMiB": peak}))


uvloop.install()
asyncio.run(main())
