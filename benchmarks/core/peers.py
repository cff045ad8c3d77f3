"""asyncio's side of the core's comparisons. python3 peers.py WORK ITEMS; prints one line of JSON."""
import asyncio
import json
import os
import resource
import sys
import time

WORK, ITEMS = sys.argv[1], int(sys.argv[2])
CONCURRENCY = 100
ended = 0


async def short():
    global ended
    await asyncio.sleep(0)
    ended += 1


async def spawn_join():
    async with asyncio.TaskGroup() as group:
        for _ in range(ITEMS):
            group.create_task(short())
    return ended


async def spawn_join_in_turns():
    async with asyncio.TaskGroup() as group:
        for index in range(1, ITEMS + 1):
            group.create_task(short())
            if index % 1024 == 0:
                await asyncio.sleep(0)
    return ended


async def map_items():
    semaphore = asyncio.Semaphore(CONCURRENCY)

    async def double(item):
        async with semaphore:
            await asyncio.sleep(0)
            return item * 2

    results = await asyncio.gather(*(double(item) for item in range(ITEMS)))
    return sum(result == index * 2 for index, result in enumerate(results))


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def resident_bytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


async def measured(work):
    before, begun_at = cpu_seconds(), time.perf_counter()
    ok = await work()
    return {
        "items": ITEMS,
        "ok": ok,
        "seconds": time.perf_counter() - begun_at,
        "cpuSeconds": cpu_seconds() - before,
        "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


async def begin_sleepers():
    async def sleeper(index):
        try:
            await asyncio.sleep(3600 + index)
        finally:
            global ended
            ended += 1

    tasks = [asyncio.create_task(sleeper(index)) for index in range(ITEMS)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def sleeping():
    before = resident_bytes()
    tasks = await begin_sleepers()
    print(json.dumps({"bytes": round((resident_bytes() - before) / len(tasks))}), flush=True)
    os._exit(0)


async def cancel():
    tasks = await begin_sleepers()

    async def cancel_all():
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return ended

    return await measured(cancel_all)


async def main():
    if WORK == "sleeping":
        await sleeping()
    elif WORK == "cancel":
        print(json.dumps(await cancel()))
    else:
        works = {"spawn-join": spawn_join, "spawn-join-in-turns": spawn_join_in_turns, "map-items": map_items}
        print(json.dumps(await measured(works[WORK])))


asyncio.run(main())
