"""The rows of the services that Headgate answers itself: a token, a durable
membership write, a list of a thousand members. README.md says how."""

import http.client
import json
from contextlib import contextmanager

import report
import work
from machine import PROXY_CORE, Program, call_once, free_port
from stage import CONNECTIONS, NGINX

USERS_AT_ONCE = 60
MEMBERS_AT_ONCE = 60
LISTED = 1000
PERMISSIONS = ["PermissionChatMute", "PermissionChatKick"]
UUID = "6f0c6a51-2f4e-4a3e-9d0a-000000000001"


def request(method, path, token, body=""):
    fields = f"Host: bench\r\nAuthorization: Bearer {token}\r\n"
    if body:
        fields += ("Content-Type: application/json\r\n"
                   f"Content-Length: {len(body)}\r\n")
    elif method == "POST":
        fields += "Content-Length: 0\r\n"
    return f"{method} {path} HTTP/1.1\r\n{fields}\r\n{body}"


class Client:
    """Calls that prepare a measurement."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.token = ""
        self.token = self.call("POST", "/token", {
            "grant_type": "client_credentials", "client_id": "bench",
            "client_secret": "bench"})["access_token"]

    def call(self, method, path, body=None):
        self.connection.request(
            method, "/acme/chat" + path, json.dumps(body) if body else None,
            {"Authorization": "Bearer " + self.token,
             "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {text}")
        return json.loads(text)

    def register(self, names):
        for at in range(0, len(names), USERS_AT_ONCE):
            self.call("POST", "/users", [
                {"username": name} for name in names[at:at + USERS_AT_ONCE]])

    def make_room(self, owner):
        return self.call("POST", "/chatrooms", {
            "name": "bench", "owner": owner, "maxusers": 10000})["data"]["id"]

    def fill(self, room, names):
        for at in range(0, len(names), MEMBERS_AT_ONCE):
            self.call("POST", f"/chatrooms/{room}/users",
                      {"usernames": names[at:at + MEMBERS_AT_ONCE]})


@contextmanager
def standalone(stage):
    """Headgate answering by itself, with an empty store."""
    port = free_port()
    stage.remove("headgate.db", "headgate.db-wal", "headgate.db-shm")
    program = Program([stage.options.headgate, "serve", "-c",
                       stage.config("standalone.yaml", PORT=port)],
                      PROXY_CORE, port, stage.path("standalone.log"))
    try:
        yield program
    finally:
        program.stop()


@contextmanager
def fixed_answer(stage, answer):
    """nginx answering the same bytes: from its configuration, the long ones
    from a file."""
    stage.write("answer", answer)
    port = free_port()
    config = stage.config("nginx_fixed.conf", PORT=port,
                          ANSWER=answer if len(answer) < 4096 else "")
    program = Program([NGINX, "-c", config, "-p", stage.folder], PROXY_CORE,
                      port, stage.path("nginx-fixed.log"))
    try:
        yield program
    finally:
        program.stop()


class AnsweredRow:
    """A call that Headgate answers itself, beside nginx that sends the same
    bytes."""
    needs_headgate = True

    def run(self, stage):
        with standalone(stage) as headgate:
            requests = self.prepare(headgate)
            answer = call_once(headgate.port, requests)
            with fixed_answer(stage, answer) as nginx:
                values = self.measure(stage, requests, headgate, nginx)
        return report.cpu_row(values, self.targets)

    def measure(self, stage, requests, headgate, nginx):
        programs = {"headgate": headgate, "nginx": nginx}
        values = {who: [] for who in programs}
        count = stage.options.requests
        for program in programs.values():
            stage.cpu(program, requests, count // 10, ["200"])
        for _ in range(stage.options.rounds):
            for who, program in programs.items():
                values[who].append(
                    stage.cpu(program, requests, count, ["200"]))
        return values

    def show(self, result):
        report.show_cpu(result)


class Token(AnsweredRow):
    name = "token issued"
    targets = {"nginx": 1.5}

    def prepare(self, headgate):
        body = work.compact({"arguments": [{
            "user_id": UUID, "chat_id": UUID, "permissions": PERMISSIONS}]})
        return request("POST", "/chat.tokens.private.v1.Service/Create",
                       "bench-api-key", body)


class Listing(AnsweredRow):
    name = "list of 1000 members"
    targets = {"nginx": 3.0}

    def prepare(self, headgate):
        client = Client(headgate.port)
        names = [f"listed{number:04}" for number in range(LISTED)]
        client.register(names)
        room = client.make_room(names[0])
        client.fill(room, names[1:])
        return request(
            "GET", f"/acme/chat/chatrooms/{room}/users?pagesize={LISTED}",
            client.token)


class Memberships:
    """Durable writes: each round adds its users, each by a call of its own.
    The target is the store's (store_bench)."""
    name = "durable membership write"
    needs_headgate = True

    def run(self, stage):
        names = [f"joining{number:05}" for number in range(5000)]
        rounds = []
        with standalone(stage) as headgate:
            client = Client(headgate.port)
            client.register(names)
            for _ in range(stage.options.rounds):
                rooms = [client.make_room(names[0]) for _ in range(4)]
                calls = "".join(
                    request("POST", f"/acme/chat/chatrooms/{room}/users/{name}",
                            client.token)
                    for room in rooms for name in names[1:])
                count = len(rooms) * (len(names) - 1)
                rounds.append(stage.cpu(headgate, calls, count, ["200"]))
        return {**report.cpu_row({"headgate": rounds}, {}),
                "writes_per_second": report.spread([r for _, r in rounds])}

    def show(self, result):
        print(f"  {CONNECTIONS} connections")
        report.show_cpu(result)


ROWS = [Token(), Listing(), Memberships()]
