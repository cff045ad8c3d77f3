"""scrapy_feed.py URL COUNT CONCURRENCY: a Scrapy spider that writes every body into a feed of JSON lines."""

import json
import os
import resource
import sys
import tempfile
import time

import scrapy
from scrapy.crawler import CrawlerProcess

url, count, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ok = 0


class Pages(scrapy.Spider):
    name = "pages"

    def start_requests(self):
        for n in range(count):
            yield scrapy.Request(f"{url}?n={n}")

    def parse(self, response):
        global ok
        ok += response.status == 200
        yield {"url": response.url, "status": response.status, "body": response.text}


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


with tempfile.TemporaryDirectory() as folder:
    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "FEEDS": {os.path.join(folder, "pages.jsonl"): {"format": "jsonlines"}},
        }
    )
    process.crawl(Pages)
    before, begun_at = cpu(), time.perf_counter()
    process.start()
    seconds, cpu_seconds = time.perf_counter() - begun_at, cpu() - before
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"items": count, "ok": ok, "seconds": seconds, "cpuSeconds": cpu_seconds, "peakMiB": peak}))
