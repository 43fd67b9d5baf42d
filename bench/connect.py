"""Connects to endpoints as a pool of threads does: `connect.py LIMIT_MS < endpoints`, one `ADDRESS PORT` a line.

Prints how many answered, how many did not, and the milliseconds it took.
"""
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor

LIMIT_S = float(sys.argv[1]) / 1000


def answers(line):
    address, port = line.split()
    try:
        socket.create_connection((address, int(port)), LIMIT_S).close()
        return True
    except OSError:
        return False


lines = sys.stdin.readlines()
began = time.monotonic()
with ThreadPoolExecutor(20) as pool:
    answered = sum(pool.map(answers, lines))
print(answered, len(lines) - answered, round((time.monotonic() - began) * 1000, 1))
