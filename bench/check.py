"""check against curl, and the start of the program. See check.sh."""

import json
import pathlib
import subprocess
import sys
import tempfile

from measure import interleaved, load, median, verdict

SERVER = pathlib.Path(__file__).parent.parent / "e2e" / "real_servers" / "node.mjs"
PAGE = "http://localhost:5173"
WANTED_MILLISECONDS = 15


def certificate(directory):
    """A certificate for 127.0.0.1 that signs itself; the paths of it and of its key."""
    files = f"{directory}/certificate.pem", f"{directory}/key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        + ["-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext"]
        + ["subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return files


def with_system_roots(directory, certificate):
    """That certificate among all that the system trusts, as a real check has to read them."""
    path = pathlib.Path(directory, "roots.pem")
    system = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
    roots = system.read_bytes() if system.exists() else b""
    path.write_bytes(roots + pathlib.Path(certificate).read_bytes())
    return str(path)


def commands(program, protocol, port, authority):
    """check, and curl with the same two requests in one process over one connection."""
    scheme = "http" if protocol == "http" else "https"
    url = f"{scheme}://127.0.0.1:{port}/healthy"
    trust = [] if scheme == "http" else ["--cacert", authority]
    preflight = ["-X", "OPTIONS", "-H", "Access-Control-Request-Method: PUT"]
    preflight += ["-H", "Access-Control-Request-Headers: content-type"]
    put = ["-X", "PUT", "-H", "Content-Type: application/json", "-d", "{}"]
    common = ["-s", "-o", "/dev/null", "-H", f"Origin: {PAGE}", *trust, url]
    check = [program, "check", url, "--from", PAGE, "-X", "PUT", "--json", "{}", "--send"]
    return {
        "check": ([*check, "--no-probes", *trust], (0,)),
        "curl": (["curl", *preflight, *common, "--next", *put, *common], (0,)),
    }


def main():
    program, rounds = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as directory:
        authority, key = certificate(directory)
        server = subprocess.Popen(
            ["node", SERVER, authority, key, PAGE],
            stdin=subprocess.PIPE,  # it ends when this pipe does
            stdout=subprocess.PIPE,
        )
        try:
            ports = json.loads(server.stdout.readline())
            print(f"# check beside curl, preflight and PUT, {rounds} rounds in turns, {load()}")
            print("| protocol | check | curl | check - curl | |")
            print("|---|---|---|---|---|")
            roots = with_system_roots(directory, authority)
            for name, protocol, trusted in (
                ("http", "http", None),
                ("https", "https", authority),
                ("h2", "h2", authority),
                ("h2, system roots", "h2", roots),
            ):
                pair = commands(program, protocol, ports[protocol], trusted)
                interleaved(pair, 3)  # the server's code is compiled by use
                times = interleaved(pair, rounds)
                check, curl = median(times["check"]), median(times["curl"])
                reached = verdict(check - curl < WANTED_MILLISECONDS)
                beyond = f"{check - curl:+.1f} ms"
                print(f"| {name} | {check:.1f} ms | {curl:.1f} ms | {beyond} | {reached} |")
        finally:
            server.stdin.close()
            server.wait()
    start = {
        "corscope --version": ([program, "--version"], (0,)),
        "true": (["true"], (0,)),
    }
    times = interleaved(start, rounds)
    both = " | ".join(f"{name} {median(values):.1f} ms" for name, values in times.items())
    print(f"# start-up, {load()}\n| {both} |")


main()
