"""The programs of a benchmark: started on their core, ended without a trace,
and asked for their CPU time."""

import contextlib
import glob
import json
import os
import signal
import socket
import subprocess
import time

START_SECONDS_MAX = 10
# The proxy has the first core; the load and the upstream share the second.
PROXY_CORE = 0
OTHER_CORE = min(1, os.cpu_count() - 1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A running server. `log` holds what it said."""

    def __init__(self, command, core, port, log):
        self.port = port
        self.log = log
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        try:
            self.wait_until_it_listens(command)
        except BaseException:
            self.stop()
            raise

    def wait_until_it_listens(self, command):
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            time.sleep(0.01)
        with open(self.log, encoding="utf-8", errors="replace") as log:
            raise RuntimeError(f"{' '.join(command)} does not serve:\n"
                               + log.read())

    def processes(self):
        """Its process and its workers'."""
        found = [self.process.pid]
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if int(stat_fields(pid)[1]) == self.process.pid:
                    found.append(int(pid))
        return found

    def cpu_seconds(self):
        """Time on a processor of all its threads, to the nanosecond: the
        clock ticks of /proc/PID/stat are too coarse for a short round."""
        nanoseconds = 0
        for pid in self.processes():
            for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
                with open(path, encoding="ascii") as schedstat:
                    nanoseconds += int(schedstat.read().split()[0])
        return nanoseconds / 1e9

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def stat_fields(pid):
    """/proc/PID/stat from its third field (the state) on."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        return stat.read().rpartition(")")[2].split()


def run_load(program, port, requests_file, requests, connections):
    """One run of bench_load; what it printed."""
    result = subprocess.run(
        [program, str(port), requests_file, str(requests), str(connections)],
        check=True, capture_output=True, text=True, timeout=600,
        preexec_fn=lambda: os.sched_setaffinity(0, {OTHER_CORE}))
    return json.loads(result.stdout)


def call_once(port, request):
    """The body of one answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(request.encode())
        received = b""
        while True:
            head, separator, body = received.partition(b"\r\n\r\n")
            length = [line.split(b":")[1] for line in head.split(b"\r\n")
                      if line.lower().startswith(b"content-length:")]
            if separator and len(body) >= int(length[0]):
                return body.decode()
            piece = client.recv(65536)
            if not piece:
                raise RuntimeError(f"half an answer: {received!r}")
            received += piece
