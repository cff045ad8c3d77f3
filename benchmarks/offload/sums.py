"""Trivial calls through one of Python's pools of two workers: prints one JSON line. sums.py to_thread|ProcessPoolExecutor CALLS"""
import asyncio
import json
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

CLIENT, CALLS = sys.argv[1], int(sys.argv[2])
IN_FLIGHT, SERIAL = 1000, 2000


def add(a, b):
    return a + b


def cpu_seconds():
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])


async def many(calls, call):
    left = calls

    async def caller():
        nonlocal left
        while left > 0:
            left -= 1
            await call()

    await asyncio.gather(*(caller() for _ in range(IN_FLIGHT)))


async def measure(call):
    await many(CALLS // 4, call)
    cpu, begin = cpu_seconds(), time.perf_counter()
    await many(CALLS, call)
    seconds, cpu = time.perf_counter() - begin, cpu_seconds() - cpu
    begin = time.perf_counter()
    for _ in range(SERIAL):
        await call()
    serial = time.perf_counter() - begin
    print(json.dumps({
        "callsPerSecond": CALLS / seconds,
        "serialMicroseconds": serial / SERIAL * 1e6,
        "cpuMicroseconds": cpu / CALLS * 1e6,
    }))


async def main():
    loop = asyncio.get_running_loop()
    if CLIENT == "to_thread":
        loop.set_default_executor(ThreadPoolExecutor(2))
        await measure(lambda: asyncio.to_thread(add, 1, 2))
    else:
        with ProcessPoolExecutor(2) as pool:
            await measure(lambda: loop.run_in_executor(pool, add, 1, 2))


if __name__ == "__main__":
    asyncio.run(main())
