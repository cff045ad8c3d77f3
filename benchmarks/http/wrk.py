"""wrk.py URL SECONDS CONCURRENCY: wrk with one thread, the ceiling of the server; prints what it cost, as the others do."""

import json
import re
import resource
import subprocess
import sys

url, seconds, concurrency = sys.argv[1:4]
text = subprocess.run(["wrk", "-t1", f"-c{concurrency}", f"-d{seconds}s", url], capture_output=True, text=True, check=True).stdout
requests, took = re.search(r"(\d+) requests in ([\d.]+)s", text).groups()
failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(
    json.dumps(
        {
            "items": int(requests),
            "ok": int(requests) - (int(failed.group(1)) if failed else 0),
            "seconds": float(took),
            "cpuSeconds": usage.ru_utime + usage.ru_stime,
            "peakMiB": usage.ru_maxrss / 1024,
        }
    )
)
