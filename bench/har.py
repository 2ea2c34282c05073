"""corscope har: MB a second of CPU from the file to the report, and anonymous memory. See har.sh."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from measure import anonymous, load, median, verdict

HAR_FILE = pathlib.Path(__file__).parent / "har_file.py"
WANTED_MEGABYTES = 400  # a second a core
WANTED_KILOBYTES = 64 * 1024


def feed(path, pipe):
    with open(path, "rb") as har:
        shutil.copyfileobj(har, pipe, 1 << 20)
    pipe.close()


def run(program, path, by_pipe):
    """CPU seconds, wall seconds, and the largest anonymous memory, in kB; with the summary."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [program, "har", "--fail-on", "never", "-" if by_pipe else path],
        stdin=subprocess.PIPE if by_pipe else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    if by_pipe:
        threading.Thread(target=feed, args=(path, child.stdin), daemon=True).start()
    peak = 0
    while True:
        peak = max(peak, anonymous(child.pid))
        ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        if ended:
            break
        time.sleep(0.02)
    elapsed = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"har ended with {child.returncode}")
    summary = child.stdout.readline().decode().strip()
    return usage.ru_utime + usage.ru_stime, elapsed, peak, summary


def main():
    program, megabytes, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as scratch:
        plain = os.path.join(scratch, "made-up.har")
        subprocess.run([sys.executable, HAR_FILE, str(megabytes), plain], check=True)
        subprocess.run(["gzip", "-1", "-k", plain], check=True)
        size = os.path.getsize(plain) / 1e6
        ways = [("a file", plain, False), ("standard input", plain, True)]
        ways.append(("a gzipped file", plain + ".gz", False))
        runs = {way[0]: [] for way in ways}
        for _ in range(rounds):
            for name, path, by_pipe in ways:
                runs[name].append(run(program, path, by_pipe))
    summary = runs["a file"][0][3].partition(": ")[2]
    print(f"# har, {size:,.0f} MB: {summary}; {load()}")
    print("| from | MB/s of CPU, best | median | MB/s of wall, best | anonymous memory | |")
    print("|---|---|---|---|---|---|")
    for name, _, _ in ways:
        cpu, wall, peak, said = zip(*runs[name])
        if any(it.partition(": ")[2] != summary for it in said):
            raise SystemExit(f"{name}: {said}, where the file has {summary}")
        # Others on the same core only ever make it slower: the best run is the nearest.
        rate = [size / one for one in cpu]
        figures = f"{max(rate):,.0f} | {median(rate):,.0f} | {max(size / one for one in wall):,.0f}"
        reached = max(peak) < WANTED_KILOBYTES
        if name != "a gzipped file":  # how fast gzip is unpacked is no promise
            reached = reached and max(rate) >= WANTED_MEGABYTES
        print(f"| {name} | {figures} | {max(peak) / 1024:.1f} MiB | {verdict(reached)} |")


main()
