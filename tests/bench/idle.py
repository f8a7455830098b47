"""The row of memory: what an idle kept connection costs in user space."""

import contextlib
import itertools
import resource
import socket

import report
import work
from machine import receive_answer

AT_ONCE = 64
# So many make what does not grow with the number of connections.
WARM_CALLS = 5000
# Of 127.0.0.0/8: each has ports for so many connections to one server.
CONNECTIONS_PER_ADDRESS = 10000
IP_BIND_ADDRESS_NO_PORT = 24  # ip(7); Python's socket has no name for it
# Descriptors that a server or this program needs besides.
OTHER_DESCRIPTORS = 500


class IdleConnections:
    """Memory with many idle connections, each of which has had one call
    answered, less that of the same server just started with room for 64."""
    name = "idle connections"

    def run(self, stage):
        count = min(10000 if stage.options.short else 50000,
                    descriptors() - OTHER_DESCRIPTORS)
        names = ["nginx"]
        if stage.options.headgate:
            names.insert(0, "headgate")
        result = {"connections": count, "judged": [], "who": {
            who: self.measure(stage, who, count) for who in names}}
        if "headgate" in names:
            each = {who: figures["bytes_per_connection"]
                    for who, figures in result["who"].items()}
            result["judged"] = [report.judge(
                "nginx", each["headgate"] / each["nginx"], 1.0)]
        return result

    def measure(self, stage, who, count):
        # nginx takes memory for its worker_connections when it starts: that
        # is part of what they cost.
        # Of them it keeps a sixteenth free by closing idle connections.
        empty = self.memory(stage, who, AT_ONCE, 4 * AT_ONCE)
        full = self.memory(stage, who, count,
                           (count + 3 * AT_ONCE) * 16 // 15)
        return {"empty_bytes": empty, "full_bytes": full,
                "bytes_per_connection": (full - empty) / count}

    def memory(self, stage, who, count, room):
        """With `count` idle connections, each of which has made a call."""
        program = stage.start(who, connections=room)
        try:
            with contextlib.ExitStack() as stack:
                clients = [stack.enter_context(connect(program.port, number))
                           for number in range(count)]
                calls = itertools.cycle(work.each(work.add_one()))
                for at in range(0, max(count, WARM_CALLS), AT_ONCE):
                    first = at % count
                    call_each(clients[first:first + AT_ONCE], calls)
                return program.memory_bytes()
        finally:
            program.stop()

    def show(self, result):
        print(f"  {result['connections']} connections, one call each")
        for who, figures in result["who"].items():
            print(f"  {who:<10}{figures['bytes_per_connection']:8.0f} bytes "
                  f"each ({figures['empty_bytes'] / 2**20:.1f} MiB, then "
                  f"{figures['full_bytes'] / 2**20:.1f} MiB)")
        for each in result["judged"]:
            print(f"  headgate is {each['value']:.2f}x"
                  + report.show_target(result["judged"], each["what"]))


def descriptors():
    """As many as are allowed, now also for this program and what it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def connect(port, number):
    client = socket.socket()
    # The port is chosen when the server's is known: many servers have had
    # connections from here.
    client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    client.bind((f"127.0.0.{2 + number // CONNECTIONS_PER_ADDRESS}", 0))
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    return client


def call_each(clients, calls):
    for client, call in zip(clients, calls):
        client.sendall(call.encode())
    for client in clients:
        head, _ = receive_answer(client)
        if " 200 " not in head.partition("\r\n")[0]:
            raise RuntimeError(f"not 200: {head}")


ROWS = [IdleConnections()]
