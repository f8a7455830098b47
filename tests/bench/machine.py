"""The programs of a benchmark: started on their cores, ended without a trace,
and asked for their CPU time and their memory."""

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
PROXY_CORE = {0}
OTHER_CORE = {min(1, os.cpu_count() - 1)}
BOTH_CORES = PROXY_CORE | OTHER_CORE


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def on(cores):
    """For preexec_fn."""
    return lambda: os.sched_setaffinity(0, cores)


class Program:
    """A running server. `log` holds what it said."""

    def __init__(self, command, cores, port, log):
        self.port = port
        self.log = log
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                preexec_fn=on(cores))
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
        return sum(run_nanoseconds(path) for pid in self.processes()
                   for path in glob.glob(f"/proc/{pid}/task/*/schedstat")) / 1e9

    def pin_busiest_threads(self, cores):
        """One to each core: the workers, once they have worked."""
        tasks = glob.glob(f"/proc/{self.process.pid}/task/*/schedstat")
        busiest = sorted(tasks, key=run_nanoseconds)[-len(cores):]
        for task, core in zip(busiest, sorted(cores)):
            os.sched_setaffinity(int(task.split("/")[4]), {core})

    def memory_bytes(self):
        """Its share of memory: what several processes have in common (nginx's
        master and worker) counts once."""
        kibibytes = 0
        for pid in self.processes():
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as smaps:
                kibibytes += sum(int(line.split()[1]) for line in smaps
                                 if line.startswith("Pss:"))
        return kibibytes * 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run_nanoseconds(path):
    """Of a thread's schedstat: its time on a processor."""
    with open(path, encoding="ascii") as schedstat:
        return int(schedstat.read().split()[0])


def stat_fields(pid):
    """/proc/PID/stat from its third field (the state) on."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        return stat.read().rpartition(")")[2].split()


def run_load(command, cores, cpu_seconds):
    """One run of bench_load: what it printed, and as `cpu_seconds` what the
    server spent on it; connections are opened before and closed after."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True,
                          stdout=subprocess.PIPE, preexec_fn=on(cores)) as load:
        if load.stdout.readline() != "ready\n":
            raise RuntimeError(f"no load: {' '.join(command)}")
        before = cpu_seconds()
        load.stdin.write("\n")
        load.stdin.flush()
        line = load.stdout.readline()
        spent = cpu_seconds() - before
    if not line:
        raise RuntimeError(f"the load broke off: {' '.join(command)}")
    return {**json.loads(line), "cpu_seconds": spent}


def receive_answer(client):
    """One answer from a socket: its head and its body."""
    received = b""
    while True:
        head, separator, body = received.partition(b"\r\n\r\n")
        length = [line.split(b":")[1] for line in head.split(b"\r\n")
                  if line.lower().startswith(b"content-length:")]
        if separator and len(body) >= int(length[0]):
            return head.decode(), body.decode()
        piece = client.recv(65536)
        if not piece:
            raise RuntimeError(f"half an answer: {received!r}")
        received += piece


def call_once(port, request):
    """The body of one answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(request.encode())
        return receive_answer(client)[1]
