"""The proxy's memory: after many exchanges, and while a large download passes. See memory.sh."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.request

from measure import anonymous, load, verdict

LUA = pathlib.Path(__file__).parent / "proxy" / "absolute.lua"
BUDGET = 256 * 1024  # kB: what the store holds if nothing else is said
WANTED_BEYOND = 64 * 1024
WANTED_FLAT = 8 * 1024


class Proxy:
    """A real run of the program, page and all."""

    def __init__(self, program, port, scratch):
        self.address = f"127.0.0.1:{port}"
        self.out = os.path.join(scratch, "corscope.out")
        with open(self.out, "wb") as out:
            command = [program, "proxy", "--listen", self.address]
            self.child = subprocess.Popen(command, stdout=out, stdin=subprocess.DEVNULL)

    def anonymous(self):
        return anonymous(self.child.pid)

    def end(self):
        self.child.send_signal(signal.SIGINT)
        self.child.wait(30)
        return pathlib.Path(self.out).read_text()


def wait_for(url, proxy):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy.address}))
    for _ in range(100):
        try:
            return opener.open(url).read()
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer by the proxy")


def many(program, origin, port, exchanges, scratch):
    """Anonymous memory once so many exchanges were captured and judged, in kB."""
    proxy = Proxy(program, port, scratch)
    url = f"http://127.0.0.1:{origin}/1k.txt"
    wait_for(url, proxy)
    sent = peak = 0
    while sent < exchanges:
        command = ["wrk", "-t2", "-c32", "-d1s", "-s", LUA, f"http://{proxy.address}/", "--", url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in said or "Socket errors" in said:
            raise SystemExit(said)
        sent += int(re.search(r"(\d+) requests in", said)[1])
        peak = max(peak, proxy.anonymous())
    after = proxy.anonymous()
    farewell = proxy.end()
    allowed = int(re.search(r"^(\d+) allowed", farewell, re.MULTILINE)[1])
    if allowed < sent or "came too fast" in farewell:
        raise SystemExit(f"{sent} sent, and not all were judged: {farewell[-300:]}")
    return sent, after, max(peak, after)


def download(program, origin, port, scratch):
    """How many kB the memory grew by while the download passed, and its bytes."""
    proxy = Proxy(program, port, scratch)
    wait_for(f"http://127.0.0.1:{origin}/1k.txt", proxy)
    time.sleep(0.5)
    before = peak = proxy.anonymous()
    url = f"http://127.0.0.1:{origin}/download.bin"
    show = ["-o", os.devnull, "-w", "%{size_download}"]
    curl = subprocess.Popen(
        ["curl", "-sf", "-x", f"http://{proxy.address}", *show, url],
        stdout=subprocess.PIPE,
        text=True,
    )
    while curl.poll() is None:
        peak = max(peak, proxy.anonymous())
        time.sleep(0.01)
    size = int(curl.stdout.read())
    wanted = os.path.getsize(os.path.join(scratch, "download.bin"))
    if curl.returncode != 0 or size != wanted:
        raise SystemExit(f"curl ended with {curl.returncode} after {size} of {wanted} bytes")
    proxy.end()
    return size, peak - before


def main():
    program, origin, port, exchanges, scratch = sys.argv[1:]
    print(f"# memory of `corscope proxy`, anonymous; {load()}")
    print("| what | wanted | got | |")
    print("|---|---|---|---|")
    sent, after, peak = many(program, origin, port, int(exchanges), scratch)
    mib = f"{after / 1024:.0f} MiB (at most {peak / 1024:.0f} while they came)"
    limit = BUDGET + WANTED_BEYOND
    words = f"after {sent:,} exchanges of 1 kB, captured and judged"
    print(f"| {words} | at most 256 + 64 MiB | {mib} | {verdict(max(after, peak) <= limit)} |")
    size, grown = download(program, origin, port, scratch)
    words = f"growth while {size / 1e9:.1f} GB are downloaded"
    print(f"| {words} | at most 8 MiB | {grown / 1024:.1f} MiB | {verdict(grown <= WANTED_FLAT)} |")


main()
