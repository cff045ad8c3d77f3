"""Trivial calls through Python's pools: prints one JSON line a client."""
import asyncio
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

CALLS, IN_FLIGHT, SERIAL = (int(arg) for arg in sys.argv[1:4])


def add(a, b):
    return a + b


async def measure(client, call):
    await asyncio.gather(*(call() for _ in range(8)))
    begin = time.perf_counter()
    for _ in range(SERIAL):
        await call()
    serial = time.perf_counter() - begin
    left = CALLS

    async def caller():
        nonlocal left
        while left > 0:
            left -= 1
            await call()

    begin = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(IN_FLIGHT)))
    seconds = time.perf_counter() - begin
    print(json.dumps({
        "benchmark": "offload",
        "client": client,
        "callsPerSecond": round(CALLS / seconds),
        "serialMicroseconds": round(serial / SERIAL * 1e6, 1),
    }), flush=True)


async def main():
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(2))
    await measure("python asyncio.to_thread", lambda: asyncio.to_thread(add, 1, 2))
    with ProcessPoolExecutor(2) as pool:
        await measure("python ProcessPoolExecutor", lambda: loop.run_in_executor(pool, add, 1, 2))


if __name__ == "__main__":
    asyncio.run(main())
