"""The same trivial route in FastAPI under uvicorn, measured while load.ts asks it: prints one JSON line. app.py NODE REQUESTS CONNECTIONS"""
import asyncio
import json
import os
import resource
import socket
import sys

import uvicorn
from fastapi import FastAPI

NODE, REQUESTS, CONNECTIONS = sys.argv[1], int(sys.argv[2]), sys.argv[3]
LOAD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "load.ts")

app = FastAPI()


@app.get("/")
async def hello():
    return {"hello": "world"}


async def load(url, requests):
    process = await asyncio.create_subprocess_exec(
        NODE, LOAD, url, str(requests), CONNECTIONS, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    return json.loads(printed)


def cpu_seconds():
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])


async def main():
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await load(url, REQUESTS // 10)
    cpu = cpu_seconds()
    answer = await load(url, REQUESTS)
    cpu = cpu_seconds() - cpu
    server.should_exit = True
    await serving
    print(json.dumps({
        "items": REQUESTS,
        "ok": answer["ok"],
        "seconds": answer["seconds"],
        "cpuSeconds": cpu,
        "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))


# uvicorn takes uvloop where it is installed, but only for loops that it starts itself.
try:
    import uvloop

    uvloop.install()
except ImportError:
    pass
asyncio.run(main())
