"""What the benchmarks share: a run's cost, and a line of the report."""

import os
import statistics
import subprocess
import time


def load():
    """The machine's load, to be told beside every figure."""
    return f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores"


def wall(command):
    """A command's time in milliseconds, and its exit code."""
    start = time.perf_counter()
    run = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    return (time.perf_counter() - start) * 1000, run.returncode


def anonymous(process):
    """A process' anonymous memory in kB; 0 once it has ended."""
    try:
        with open(f"/proc/{process}/smaps_rollup") as rollup:
            lines = rollup.read().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))


def interleaved(commands, rounds):
    """The times of each command, taken in turns so that noise falls on all alike."""
    times = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, codes) in commands.items():
            milliseconds, code = wall(command)
            if code not in codes:
                raise SystemExit(f"{name} ended with {code}: {' '.join(command)}")
            times[name].append(milliseconds)
    return times


def median(values):
    return statistics.median(values)


def verdict(reached):
    return "reached" if reached else "MISSED"
