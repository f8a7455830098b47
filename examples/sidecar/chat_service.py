#!/usr/bin/env python3
"""A small chat room service: the upstream of the sidecar example.

It answers the eight documented chat room operations from rooms in memory, and
checks next to nothing: names, limits and bodies are Headgate's work. Room 1
is there from the start with its owner, "owner"; every name but "nobody" is a
user's.

usage: chat_service.py [PORT]     (default 9001; 0 takes any free port)
"""

import json
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

ADMINS_MAX = 99
EXCEPTION_PREFIX = "com.easemob.group.exception."


class Refusal(Exception):
    """A documented error."""

    def __init__(self, status, error, description):
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


class Room:
    def __init__(self, room_id, owner):
        self.id = room_id
        self.owner = owner
        self.members = []
        self.admins = []

    def has(self, user):
        return user == self.owner or user in self.members

    def join(self, user):
        if not self.has(user):
            self.members.append(user)

    def leave(self, user):
        self.members.remove(user)
        if user in self.admins:
            self.admins.remove(user)


ROOMS = {"1": Room("1", "owner")}


def add_member(room, user, body):
    if user == "nobody":
        raise Refusal(400, "illegal_argument",
                      f"username {user} doesn't exist!")
    if room.has(user):
        raise Refusal(400, "forbidden_op",
                      "can not join this group, reason:"
                      f"user: {user} already in group: {room.id}")
    room.join(user)
    return {"result": True, "action": "add_member", "id": room.id,
            "user": user}


def add_members(room, body):
    users = body["usernames"]
    if "nobody" in users:
        raise Refusal(404, "resource_not_found",
                      "username nobody doesn't exist!")
    for user in users:
        room.join(user)
    return {"newmembers": users, "action": "add_member", "id": room.id}


def list_members(room, body, page=1, size=1000):
    everyone = [{"owner": room.owner}]
    everyone += [{"member": user} for user in room.members]
    return everyone[(page - 1) * size:page * size]


def remove_one(room, user):
    if user == room.owner:
        return "Forbidden operation on group owner!"
    if user not in room.members:
        return f"user: {user} doesn't exist in group: {room.id}"
    room.leave(user)
    return None


def remove_members(room, users, body):
    names = users.split(",")
    if len(names) == 1:
        return remove_member(room, names[0])
    results = []
    for user in names:
        reason = remove_one(room, user)
        result = {"result": reason is None, "action": "remove_member"}
        if reason is not None:
            result["reason"] = reason
        results.append({**result, "user": user, "id": room.id})
    return results


def remove_member(room, user):
    if user == room.owner:
        raise Refusal(403, "forbidden_op",
                      "Forbidden operation on group owner!")
    if remove_one(room, user) is not None:
        raise Refusal(400, "forbidden_op",
                      f"users [{user}] are not members of this group!")
    return {"result": True, "action": "remove_member", "user": user,
            "id": room.id}


def add_admin(room, body):
    user = body["newadmin"]
    if not room.has(user):
        raise Refusal(404, "resource_not_found",
                      f"user: {user} doesn't exist in group: {room.id}")
    if len(room.admins) >= ADMINS_MAX:
        raise Refusal(403, "exceed_limit", "admins size is greater than "
                      f"max admin size : {ADMINS_MAX}")
    if user != room.owner and user not in room.admins:
        room.admins.append(user)
    return {"result": "success", "newadmin": user}


def list_admins(room, body):
    return list(room.admins)


def remove_admin(room, user, body):
    if user not in room.admins:
        raise Refusal(403, "forbidden_op",
                      f"user:{user} is not admin of group:{room.id}")
    room.admins.remove(user)
    return {"result": "success", "oldadmin": user}


# (method, collection, whether a name follows) -> what answers it.
OPERATIONS = {
    ("POST", "users", True): add_member,
    ("POST", "users", False): add_members,
    ("GET", "users", False): list_members,
    ("DELETE", "users", True): remove_members,
    ("POST", "admin", False): add_admin,
    ("GET", "admin", False): list_admins,
    ("DELETE", "admin", True): remove_admin,
}


def answer(method, url, body):
    """The `data` of the operation, and the names in its path."""
    parts = [unquote(part) for part in url.path.strip("/").split("/")]
    if len(parts) not in (5, 6) or parts[2] != "chatrooms":
        raise Refusal(404, "service_resource_not_found",
                      "Service resource not found.")
    operation = OPERATIONS.get((method, parts[4], len(parts) == 6))
    if operation is None:
        raise Refusal(500, "unsupported_service_operation",
                      "Service operation not supported.")
    room = ROOMS.get(parts[3])
    if room is None:
        raise Refusal(404, "resource_not_found",
                      f"grpID {parts[3]} does not exist!")
    arguments = {}
    if operation is list_members:
        query = parse_qs(url.query)
        arguments = {"page": int(query.get("pagenum", ["1"])[0]),
                     "size": int(query.get("pagesize", ["1000"])[0])}
    return operation(room, *parts[5:], body, **arguments), parts


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece

    def do_GET(self):
        start = time.monotonic()
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length", "0"))
        body = json.loads(self.rfile.read(length) or "{}")
        try:
            data, parts = answer(self.command, url, body)
        except Refusal as refusal:
            self.send(refusal.status, self.error(refusal, start))
        else:
            self.send(200, self.envelope(url, parts, data, start))

    do_POST = do_DELETE = do_GET

    def envelope(self, url, parts, data, start):
        organization, application = parts[0], parts[1]
        name = f"{organization}#{application}"
        result = {
            "action": self.command.lower(),
            "application": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
            "applicationName": application,
            "organization": organization,
            "uri": f"http://{self.headers.get('Host')}{url.path}",
            "entities": [],
            "data": data,
            "timestamp": int(time.time() * 1000),
            "duration": int((time.monotonic() - start) * 1000),
        }
        if self.command == "GET":
            result["count"] = len(data)
            if url.query:
                result["params"] = parse_qs(url.query)
        return result

    @staticmethod
    def error(refusal, start):
        words = refusal.error.split("_")
        return {
            "error": refusal.error,
            "exception": EXCEPTION_PREFIX
            + "".join(word.capitalize() for word in words) + "Exception",
            "timestamp": int(time.time() * 1000),
            "duration": int((time.monotonic() - start) * 1000),
            "error_description": refusal.description,
        }

    def send(self, status, document):
        body = json.dumps(document, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass  # the access log is Headgate's


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 9001
    try:
        server = Server(("127.0.0.1", port), Handler)
    except OSError as error:
        sys.exit(f"chat_service.py: port {port}: {error.strerror}")
    print(f"chat service on 127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
