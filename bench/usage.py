"""What usage.mjs is to Node: runs a Python program, and writes what it has cost to the file that BENCH_USAGE names.

usage: usage.py PROGRAM [ARGUMENTS...]
"""

import atexit
import json
import os
import resource
import runpy
import sys


def tell():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    with open(os.environ["BENCH_USAGE"], "w", encoding="utf-8") as file:
        json.dump({"cpuMs": (usage.ru_utime + usage.ru_stime) * 1000, "peakBytes": usage.ru_maxrss * 1024}, file)


atexit.register(tell)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
