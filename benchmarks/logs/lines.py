"""lines.ts for structlog: JSON lines into a file, straight or through a QueueHandler's thread. lines.py straight|queue LINES"""
import asyncio
import json
import logging
import logging.handlers
import os
import queue
import resource
import sys
import tempfile
import time

import structlog

KIND, LINES = sys.argv[1], int(sys.argv[2])
folder = tempfile.TemporaryDirectory()
path = os.path.join(folder.name, "lines.log")
processors = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer()]
listener = None

if KIND == "straight":
    file = open(path, "w")
    structlog.configure(processors=processors, logger_factory=structlog.WriteLoggerFactory(file), cache_logger_on_first_use=True)
else:
    lines = queue.SimpleQueue()
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[logging.handlers.QueueHandler(lines)])
    listener = logging.handlers.QueueListener(lines, logging.FileHandler(path))
    listener.start()
    structlog.configure(processors=processors, logger_factory=structlog.stdlib.LoggerFactory(), cache_logger_on_first_use=True)

log = structlog.get_logger()


async def main():
    for index in range(LINES):
        log.info("done", item=index, status=200, bytes=index)
        if index % 100 == 99:
            await asyncio.sleep(0)


def cpu_seconds():
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])


cpu, begin = cpu_seconds(), time.perf_counter()
asyncio.run(main())
if listener is None:
    file.close()
else:
    listener.stop()
seconds, cpu = time.perf_counter() - begin, cpu_seconds() - cpu
print(json.dumps({
    "items": LINES,
    "ok": sum(1 for _ in open(path)),
    "seconds": seconds,
    "cpuSeconds": cpu,
    "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
