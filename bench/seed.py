#!/usr/bin/env python3
"""The work of rackbench as a program with a pool of threads does it: the reference of `npm run bench -- seed`.

It takes servers through install, benchmark, threshold and destroy, 15 at a time, marks those that failed, and writes a run log, a log
for each server, junit.xml, failed-servers.txt and results.json. Its rack takes no time; the faults file says which servers fail:
{"fails": {"n-0007": "PXE boot timed out"}, "scores": {"n-0012": 31}}.

usage: seed.py SERVERS FAULTS DIRECTORY
"""

import itertools
import json
import logging
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

WORKERS = 15
THRESHOLD = 50
OS = "debian-12"


class ServerOperationError(Exception):
    """This server failed to install, to run its benchmark, or to be wiped."""


class PerformanceError(Exception):
    """This server is too slow."""


class Rack:
    """Machines that take no time."""

    def __init__(self, fails, scores):
        self.fails = fails
        self.scores = scores

    def install(self, server, os, log):
        log.info("install: PXE boot")
        log.info("install: writing %s to disk", os)
        log.info("install: first boot")
        if server in self.fails:
            raise ServerOperationError(self.fails[server])

    def benchmark(self, server, log):
        log.info("benchmark: warming up")
        log.info("benchmark: measuring")
        return self.scores.get(server, 80)

    def destroy(self, server, log):
        log.info("destroy: erasing disks")
        log.info("destroy: power off")

    def mark_as_broken(self, server, reason, log):
        log.info("mark: taking the server out of the pool")


@dataclass
class Step:
    status: str
    seconds: float
    message: str = ""


@dataclass
class Result:
    server: str
    worker: str
    steps: dict = field(default_factory=dict)
    score: float | None = None
    seconds: float = 0.0
    error: Exception | None = None
    failed_at: str = ""
    tail: list = field(default_factory=list)


class Formatter(logging.Formatter):
    converter = time.gmtime
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


FORMATTER = Formatter("%(asctime)s %(levelname)-5s [%(threadName)s] [%(server)s] %(message)s", defaults={"server": "rackbench"})


def file_handler(path):
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(FORMATTER)
    return handler


@contextmanager
def server_log(path, server):
    """A logger whose lines go to the server's file, and from there to the run log."""
    logger = logging.getLogger(f"rack.{server}")
    handler = file_handler(path)
    logger.addHandler(handler)
    try:
        yield logging.LoggerAdapter(logger, {"server": server})
    finally:
        logger.removeHandler(handler)
        handler.close()


@contextmanager
def step(result, name, log, timed=True):
    """Times a step, logs how it went, and notes the first one that failed."""
    began = time.monotonic()
    details = []
    try:
        yield details
    except Exception as error:
        seconds = time.monotonic() - began
        log.error("%s: failed%s: %s: %s", name, f" after {seconds * 1000:.0f}ms" if timed else "", type(error).__name__, error)
        result.steps[name] = Step("failed", seconds, str(error))
        if result.error is None:
            result.error, result.failed_at = error, name
        raise
    seconds = time.monotonic() - began
    log.info("%s: passed%s%s", name, f" in {seconds * 1000:.0f}ms" if timed else "", "".join(details))
    result.steps[name] = Step("passed", seconds)


def check(score):
    if score < THRESHOLD:
        raise PerformanceError(f"score {score} is below {THRESHOLD}, by {THRESHOLD - score}")


def measure(rack, server, result, log):
    log.info("install: started (%s)", OS)
    with step(result, "install", log):
        rack.install(server, OS, log)
    log.info("benchmark: started")
    with step(result, "benchmark", log) as details:
        result.score = rack.benchmark(server, log)
        details.append(f": score {result.score}")
    with step(result, "check", log, timed=False):
        check(result.score)


def wipe(rack, server, result, log):
    log.info("destroy: started")
    with step(result, "destroy", log):
        rack.destroy(server, log)


def mark(rack, server, result, log):
    log.info("mark: started")
    with step(result, "mark", log):
        rack.mark_as_broken(server, f"{result.failed_at}: {result.error}", log)


def run_server(rack, server, logs):
    began = time.monotonic()
    result = Result(server, threading.current_thread().name)
    path = logs / f"{server}.log"
    with server_log(path, server) as log:
        log.info("server started")
        # A step that fails has logged and noted it.
        with suppress(Exception):
            measure(rack, server, result, log)
        with suppress(Exception):
            wipe(rack, server, result, log)
        if result.error is not None:
            with suppress(Exception):
                mark(rack, server, result, log)
        result.seconds = time.monotonic() - began
        if result.error is None:
            log.info("server passed in %dms", result.seconds * 1000)
        else:
            log.error("server failed after %dms: %s: %s: %s", result.seconds * 1000, result.failed_at, type(result.error).__name__, result.error)
    if result.error is not None:
        with open(path, encoding="utf-8") as lines:
            result.tail = list(deque(lines, 20))
    return result


def testcase(result, directory):
    case = ET.Element("testcase", classname="Rackbench.Fleet", name=result.server, time=f"{result.seconds:.3f}")
    case.tail = "\n"
    properties = ET.SubElement(case, "properties")
    if result.score is not None:
        ET.SubElement(properties, "property", name="score", value=str(result.score))
    for name, done in result.steps.items():
        ET.SubElement(properties, "property", name=f"{name}.seconds", value=f"{done.seconds:.3f}")
    ET.SubElement(properties, "property", name="worker", value=result.worker)
    if result.error is not None:
        kind = "failure" if isinstance(result.error, PerformanceError) else "error"
        element = ET.SubElement(case, kind, type=type(result.error).__name__, message=f"{result.failed_at}: {result.error}")
        steps = "".join(f"{name:<9}  {done.status:<7} {done.seconds:.3f} s {done.message}".rstrip() + "\n" for name, done in result.steps.items())
        tail = "".join(f"  {line}" for line in result.tail)
        element.text = f"\n{steps}\nLast lines of the log:\n{tail}"
        ET.SubElement(case, "system-out").text = f"[[ATTACHMENT|{directory / 'logs' / result.server}.log]]"
    return case


def write_junit(path, results, started, seconds, directory):
    failures = sum(isinstance(result.error, PerformanceError) for result in results)
    errors = sum(result.error is not None for result in results) - failures
    counts = {"tests": str(len(results)), "failures": str(failures), "errors": str(errors)}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "rackbench", "timestamp": started, "time": f"{seconds:.3f}", **counts, "skipped": "0"})
    suite.extend(testcase(result, directory) for result in results)
    ET.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def name_levels():
    for level in (logging.INFO, logging.ERROR):
        logging.addLevelName(level, logging.getLevelName(level).lower())


def main(servers_file, faults_file, directory):
    name_levels()
    servers = Path(servers_file).read_text(encoding="utf-8").split()
    rack = Rack(**json.loads(Path(faults_file).read_text(encoding="utf-8")))
    directory = Path(directory)
    logs = directory / "logs"
    logs.mkdir(parents=True)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(file_handler(directory / "run.log"))

    started = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    began = time.monotonic()
    root.info("started: %d servers, %s, %d at a time, in %s", len(servers), OS, WORKERS, directory)
    numbers = itertools.count(1)

    def name_worker():
        threading.current_thread().name = f"worker-{next(numbers):02}"

    with ThreadPoolExecutor(WORKERS, initializer=name_worker) as pool:
        results = list(pool.map(lambda server: run_server(rack, server, logs), servers))
    passed = [result.server for result in results if result.error is None]
    failed = [result.server for result in results if result.error is not None]
    write_junit(directory / "junit.xml", results, started, time.monotonic() - began, directory)
    (directory / "failed-servers.txt").write_text("".join(f"{server}\n" for server in failed), encoding="utf-8")
    (directory / "results.json").write_text(json.dumps({"passed": passed, "failed": failed}, indent=2), encoding="utf-8")
    root.info("finished: %d passed, %d failed", len(passed), len(failed))
    print(f"{len(passed)} passed, {len(failed)} failed of {len(servers)} servers in {time.monotonic() - began:.1f}s")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
