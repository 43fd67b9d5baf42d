"""What a site would write: reads a fleet by a pool of 20 threads, each with a connection of its own that is kept.

usage: inventory.py HOST:PORT

GET /servers lists the IDs, GET /servers/ID has the details. Prints how many servers it has read.
"""

import http.client
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

WORKERS = 20
HOST = sys.argv[1]
of_thread = threading.local()


def get(path):
    connection = getattr(of_thread, "connection", None)
    if connection is None:
        connection = of_thread.connection = http.client.HTTPConnection(HOST, timeout=30)
    connection.request("GET", path, headers={"Accept": "application/json"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status}")
    return json.loads(body)


def read(server):
    item = get(f"/servers/{server}")
    return {"id": item["id"], "address": item["address"], "labels": item["labels"]}


with ThreadPoolExecutor(WORKERS) as pool:
    records = list(pool.map(read, get("/servers")["servers"]))
print(len({record["id"]: record for record in records}))
