"""The rows of the services that Headgate answers itself: a token, a durable
membership write, a list of a thousand members. README.md says how."""

import http.client
import json
import os
import statistics

import work
from machine import PROXY_CORE, Program, call_once, free_port, run_load

CONNECTIONS = 64
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


class StandaloneBench:

    def __init__(self, options, config, folder):
        """`config` writes a peer's file: Bench.config."""
        self.options = options
        self.config = config
        self.folder = folder
        port = free_port()
        self.headgate = Program(
            [options.headgate, "serve", "-c",
             config("standalone.yaml", port)],
            PROXY_CORE, port, os.path.join(folder, "standalone.log"))
        self.client = Client(port)

    def stop(self):
        self.headgate.stop()

    def measure(self, program, requests, count):
        """CPU microseconds per request, and requests per second."""
        path = os.path.join(self.folder, "standalone-requests")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(requests)
        before = program.cpu_seconds()
        result = run_load(os.path.join(self.options.programs, "bench_load"),
                          program.port, path, count, CONNECTIONS)
        spent = program.cpu_seconds() - before
        if result["statuses"] != {"200": count}:
            raise RuntimeError(f"not all 200: {result['statuses']}")
        return (1e6 * spent / count, count / result["seconds"])

    def beside_nginx(self, requests):
        """Interleaved rounds of Headgate and nginx answering the same."""
        answer = call_once(self.headgate.port, requests)
        with open(os.path.join(self.folder, "answer"), "w",
                  encoding="utf-8") as file:
            file.write(answer)
        port = free_port()
        nginx = Program(
            ["/usr/sbin/nginx", "-c",
             self.config("nginx_fixed.conf", port, ANSWER=answer
                         if len(answer) < 4096 else ""),
             "-p", self.folder],
            PROXY_CORE, port, os.path.join(self.folder, "nginx-fixed.log"))
        count = self.options.requests
        try:
            values = {"headgate": [], "nginx": []}
            for who in (self.headgate, nginx):
                self.measure(who, requests, count // 10)
            for _ in range(self.options.rounds):
                values["headgate"].append(
                    self.measure(self.headgate, requests, count))
                values["nginx"].append(self.measure(nginx, requests, count))
            return values
        finally:
            nginx.stop()

    def token(self):
        body = work.compact({"arguments": [{
            "user_id": UUID, "chat_id": UUID, "permissions": PERMISSIONS}]})
        return self.beside_nginx(request(
            "POST", "/chat.tokens.private.v1.Service/Create",
            "bench-api-key", body))

    def listing(self):
        names = [f"listed{number:04}" for number in range(LISTED)]
        self.client.register(names)
        room = self.client.make_room(names[0])
        self.client.fill(room, names[1:])
        return self.beside_nginx(request(
            "GET", f"/acme/chat/chatrooms/{room}/users?pagesize={LISTED}",
            self.client.token))

    def memberships(self):
        """Durable writes per second: each round adds its users, each by a call
        of its own."""
        names = [f"joining{number:05}" for number in range(5000)]
        self.client.register(names)
        rounds = []
        for _ in range(self.options.rounds):
            rooms = [self.client.make_room(names[0]) for _ in range(4)]
            calls = "".join(
                request("POST", f"/acme/chat/chatrooms/{room}/users/{name}",
                        self.client.token)
                for room in rooms for name in names[1:])
            count = len(rooms) * (len(names) - 1)
            rounds.append(self.measure(self.headgate, calls, count))
        return {"writes_per_second": statistics.median(r for _, r in rounds),
                "writes_per_second_min": min(r for _, r in rounds),
                "writes_per_second_max": max(r for _, r in rounds),
                "cpu_us": statistics.median(cpu for cpu, _ in rounds)}
