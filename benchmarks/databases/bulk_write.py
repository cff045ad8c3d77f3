"""The rows of rows.ts through asyncpg or aiomysql: prints one JSON line. bulk_write.py URL ROWS"""
import asyncio
import json
import sys
import time
from urllib.parse import urlsplit

URL, ROWS = sys.argv[1], int(sys.argv[2])
COLUMNS = ["id", "name", "email", "score", "active"]


def rows():
    for id in range(ROWS):
        yield (id, f"person number {id}", f"p{id}@example.org", id * 0.37, id & 1)


async def by_asyncpg():
    import asyncpg

    connection = await asyncpg.connect(URL)
    await connection.copy_records_to_table("bulk", records=rows(), columns=COLUMNS)
    await connection.close()


async def by_aiomysql():
    import aiomysql

    url = urlsplit(URL)
    connection = await aiomysql.connect(
        host=url.hostname, port=url.port or 3306, user=url.username, password=url.password or "", db=url.path[1:]
    )
    async with connection.cursor() as cursor:
        await cursor.executemany(
            f"insert into bulk ({', '.join(COLUMNS)}) values (%s, %s, %s, %s, %s)", list(rows())
        )
    await connection.commit()
    connection.close()


begin = time.perf_counter()
asyncio.run(by_aiomysql() if URL.startswith("mysql") else by_asyncpg())
seconds = time.perf_counter() - begin
print(json.dumps({"seconds": seconds, "cpuSeconds": time.process_time()}))
