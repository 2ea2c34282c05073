"""simulate --jsonl: lines a second of CPU, and peak memory. See simulate.sh."""

import os
import pathlib
import subprocess
import sys
import threading
import time

from measure import load, median, verdict

SCENARIOS = pathlib.Path(__file__).parent.parent / "conformance" / "scenarios.jsonl"
WANTED_LINES = 100_000  # a second a core
WANTED_KILOBYTES = 64 * 1024


def feed(pipe, block, lines_of_block, lines):
    """Writes the recorded scenarios again and again, as a stream: no file, no size known."""
    whole, rest = divmod(lines, lines_of_block)
    for _ in range(whole):
        pipe.write(block)
    pipe.write(b"".join(block.splitlines(keepends=True)[:rest]))
    pipe.close()


def run(program, browser, block, lines):
    with open(os.devnull, "wb") as nowhere:
        start = time.perf_counter()
        child = subprocess.Popen(
            [program, "simulate", "--jsonl", "--browser", browser, "-"],
            stdin=subprocess.PIPE,
            stdout=nowhere,
        )
        lines_of_block = block.count(b"\n")
        feeder = threading.Thread(target=feed, args=(child.stdin, block, lines_of_block, lines))
        feeder.start()
        _, status, usage = os.wait4(child.pid, 0)
        feeder.join()
        elapsed = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    child.returncode = code
    if code not in (0, 1):  # 1: some of the scenarios are blocked
        raise SystemExit(f"simulate ended with {code}")
    return lines / (usage.ru_utime + usage.ru_stime), lines / elapsed, usage.ru_maxrss


def main():
    program, lines, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    block = SCENARIOS.read_bytes()
    size = len(block) // block.count(b"\n")
    print(f"# simulate --jsonl, {lines:,} lines of {size} bytes, {load()}")
    print("| profile | lines/s of CPU, best | median | lines/s of wall, best | peak memory | |")
    print("|---|---|---|---|---|---|")
    for browser in ("fetch", "chromium"):
        runs = [run(program, browser, block, lines) for _ in range(rounds)]
        cpu, wall, peak = zip(*runs)
        # Others on the same core only ever make it slower: the best run is the nearest.
        reached = verdict(max(cpu) >= WANTED_LINES and max(peak) < WANTED_KILOBYTES)
        figures = f"{max(cpu):,.0f} | {median(cpu):,.0f} | {max(wall):,.0f}"
        print(f"| {browser} | {figures} | {max(peak) / 1024:.1f} MiB | {reached} |")


main()
