#!/usr/bin/env python3
"""Writes the first corpus of each fuzz harness; what fuzzing finds later is added by hand."""
import os
import random
import struct

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")
rng = random.Random(417)


def put(harness, name, data):
    folder = os.path.join(HERE, "fuzz_" + harness)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)


def frame(op, body=b""):
    return struct.pack(">IBBB", len(body), 4, 0x17, op) + body


def s8(b):
    return bytes([len(b)]) + b


def b16(b):
    return struct.pack(">H", len(b)) + b


def b32(b):
    return struct.pack(">I", len(b)) + b


def u64(n):
    return struct.pack(">Q", n)


def reader():
    data = b"\x01" + b"\x00\x02" + b"\x00\x00\x00\x03" + u64(4) + s8(b"abc") + b16(b"de") + b32(b"f")
    plans = [bytes([0, 1, 2, 3, 5, 6, 7]), bytes([8] * 10), bytes([4, 13, 22]), bytes([251, 0]),
             bytes([6, 6, 6]), bytes([7, 7, 7]), b"\xfc", bytes(range(9)), b"\x00" * 12]
    for i, plan in enumerate(plans):
        put("reader", "plan-%d" % i, plan + data[: 2 * len(plan)])
    for i in range(8):
        put("reader", "noise-%d" % i, rng.randbytes(3 + 9 * i))


def frames():
    cases = {
        "empty": b"", "one": frame(0x13), "two": frame(0x0c) + frame(0x09, b"\x00"),
        "body": frame(0x15, b"x" * 200), "too-big": frame(0x10, b"y" * 400),
        "big-odd": frame(0x11, b"z" * 600), "bad-magic": b"\0\0\0\0\x05\x17\x09",
        "bad-magic-2": b"\0\0\0\0\x04\x18\x09", "cut-head": frame(0x09)[:5],
        "cut-body": frame(0x0f, b"alice")[:9], "huge": b"\xff\xff\xff\xff\x04\x17\x15",
        "many": b"".join(frame(i, bytes(i)) for i in range(1, 30)),
    }
    for name, data in cases.items():
        put("frame", name, bytes([rng.randrange(40), rng.randrange(256)]) + data)
        put("frame", name + "-whole", b"\xff\x00" + data)


# One body of every kind that has structure in it: (opcode, which shape, bytes).
NODE = struct.pack(">I", 3) + b16(b"node")
PACKAGE = b"\xf0\x01\x00" + b16(b"package")
ENTRY = b"\x00\x00" + u64(5) + u64(6) + u64(7) + s8(b"alice") + b32(b"body")
BODIES = {
    "connect": (0x9b, 0, b"A long time ago in a galaxy far, far away..."),
    "connected": (0x9b, 1, s8(b"rand0") + s8(b"")),
    "hello": (0x20, 0, b"\x00\x01" + b"\0" * 4 + s8(b"agent")),
    "hello-ok": (0x20, 2, b"\x00\x01" + b"\0" * 4 + b"r" * 16 + b"b" * 16 + b"\x06" + b"\0\x06\0\x14\0\x1e" + u64(9) + s8(b"x")),
    "register": (0x23, 0, s8(b"alice") + b"v" * 32 + s8(b"code")),
    "login": (0x24, 0, s8(b"alice") + b"v" * 32),
    "nick": (0x0f, 0, s8(b"bob")),
    "users": (0x0c, 0, s8(b"ops") + s8(b"")),
    "users-ok": (0x0c, 2, s8(b"alice") + s8(b"bob") + b"\0" + b16(b"\1\2") + b"\0"),
    "rooms-ok": (0x09, 2, s8(b"ops") + b"\0" + b16(b"")[:0] + b"\0\1\4\0\2" + b"\0"),
    "join": (0x03, 0, s8(b"ops") + s8(b"p" * 32) + b"\1"),
    "joined": (0x91, 1, s8(b"ops") + b"\4\0\2" + u64(1) + u64(2) + u64(3) + u64(4)),
    "leave": (0x06, 0, s8(b"ops")),
    "say": (0x15, 0, s8(b"ops") + b16(b"hello")),
    "say-more": (0x15, 0, s8(b"ops") + b16(b"hello") + u64(1) + b"\0"),
    "said": (0x15, 1, s8(b"ops") + s8(b"bob") + b16(b"hi") + u64(1) + b"\0" + u64(2) + u64(3)),
    "direct": (0x12, 0, s8(b"bob") + b16(b"hello") + u64(1) + b"\0"),
    "refusal": (0x9a, 1, b"\1" + s8(b"no") + b"\0\3" + b"\x15" + u64(0)),
    "public-key": (0x81, 0, b16(b"identity") + b16(b"proof") + b"\0\2" + PACKAGE * 2),
    "packages": (0x86, 0, b"\0\1" + PACKAGE),
    "dm-request": (0x82, 0, s8(b"bob") + b"\xf0\x01"),
    "dm-answer": (0x89, 1, s8(b"bob") + b16(b"id") + b"\xf0\x01\0" + b16(b"pk") + u64(0)),
    "dm-key": (0x80, 0, s8(b"bob") + b"\2" + u64(1) + b"r" * 16 + u64(0) + b32(b"") + b32(b"w")),
    "commit": (0x83, 0, s8(b"ops") + b"\0" + u64(4) + b"r" * 16 + s8(b"bob") + b"\0" + b32(b"c") + b32(b"i") + b"\0\2" + NODE * 2 + b"\0\1" + s8(b"eve") + b32(b"w")),
    "commit-told": (0x83, 1, s8(b"ops") + s8(b"bob") + b"\0" + u64(4) + u64(5) + u64(6) + b"\0" + b32(b"c")),
    "room-key": (0x84, 1, s8(b"ops") + b"\0" + u64(1) + u64(2) + b"\0\0\7\xd0" + b32(b"info") + b"\0\1" + NODE),
    "rotate": (0x85, 1, s8(b"ops") + b"\2" + s8(b"bob")),
    "catch-up": (0x87, 0, b"\0" + s8(b"ops") + u64(9)),
    "entries": (0x87, 1, b"\0" + s8(b"ops") + b"\0\3" + ENTRY * 3),
    "bad-commit": (0x88, 0, s8(b"ops") + u64(7) + s8(b"why")),
    "cursor": (0x8b, 0, b"\0\2" + (b"\0" + s8(b"ops") + u64(3)) * 2),
    "conversations": (0x8c, 2, b"\0\1" + b"\1" + s8(b"bob") + u64(1) + u64(2) + u64(3) + b"\0"),
    "presence": (0x95, 1, b"\5" + s8(b"ops") + s8(b"bob") + b"\1" + s8(b"rob")),
    "kick": (0xb0, 0, s8(b"ops") + s8(b"bob") + s8(b"why")),
    "ban": (0xb1, 0, s8(b"ops") + s8(b"bob") + b"\0\0\0\x3c" + s8(b"why")),
    "announce": (0xb4, 0, b"words"),
    "moderator": (0xb6, 0, s8(b"ops") + s8(b"bob") + b"\1"),
    "file-offer": (0xa0, 0, b"\0" + s8(b"ops") + b"i" * 16 + b"\0\0\x10\0" + b"\0\0\0\2" + u64(5000)),
    "file-answer": (0xa1, 0, s8(b"alice") + b"i" * 16 + b"\1" + b"\0\2" + b"\0\0\0\0\0\0\0\1" + b"\0\0\0\5\0\0\0\2"),
    "file-credit": (0xa3, 1, b"\0\1\0\0" + b"\0\1" + b"\0\0\0\0\0\0\0\x40"),
    "file-chunk": (0xa4, 0, b"\0\1\0\0" + b"\0\0\0\1" + b"sealed"),
    "file-end": (0xa8, 1, b"i" * 16 + b"\0\1\0\0" + b"\2" + s8(b"alice")),
}


def msg():
    for name, (op, shape, body) in BODIES.items():
        put("msg", name, bytes([op, shape]) + body)
    for name in ("commit", "entries", "public-key", "users-ok"):
        op, shape, body = BODIES[name]
        put("msg", name + "-cut", bytes([op, shape]) + body[:-3])
        put("msg", name + "-more", bytes([op, shape]) + body + b"\0\0")


def clean():
    texts = ["plain", "caf\u00e9", "e\u0301\u0301", "\u202eevil", "a\x1b[31mred", "tab\tnew\nline",
             "../../etc/passwd", "CON.txt", "\u200b\u200d", "\U0001f469\u200d\U0001f4bb",
             "\ufeffbom", "a" * 300, "\u0300mark", " lead and trail ", ".hidden", "~home", "-rf",
             "\u2028sep", "\u00ad soft", "quo\"te\\", "\u1112\u1161\u11ab", "name.\u0442\u0445\u0442"]
    for i, text in enumerate(texts):
        put("clean", "text-%02d" % i, text.encode())
    for i, raw in enumerate([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82",
                             b"ok\x80ok", b"\x00", b"\x7f", b"\xf0\x9f"]):
        put("clean", "bytes-%d" % i, raw)


def config():
    texts = ["", "{}", "{ // words\n}", '{"listen": "127.0.0.1:5555"}', '{"listen": "[::1]:1"}',
             '{"limits": {"flood_burst": 9}}', '{"limits": {"flood_burst": -1}}',
             '{"limits": {"flood_burst": 1e99}}', '{"limits": {"nothing": 1}}', '{"guests": false}',
             '{"guests": "yes"}', '{"unknown": 1}', '{"limits": []}', "[1]", '{"a":{"b":{"c":{}}}}',
             '{"limits": {"beat_s": 30, "warn_s": 20}}', '{"state": "/tmp/x", "audit": true}',
             '{"log_level": "debug", "log_file": ""}', '{"invite_code": "' + "x" * 80 + '"}',
             '{"listen": "nothing"}', '{"listen": "a:99999"}', '{"guests": true,}', '{"guests": true',
             '{"guests": true, "guests": false}', '{"access_key": "\\u0000"}', "\xef\xbb\xbf{}"]
    for i, text in enumerate(texts):
        put("config", "file-%02d" % i, text.encode("latin-1"))


def face():
    asks = ['{"id":1,"do":"say","room":"ops","text":"h\\u00e9 \xe9"}',
            '{"id":2,"do":"say","person":"bob","text":"x"}',
            '{"id":3,"do":"command","line":"/join ops","room":"ops"}',
            '{"id":4,"do":"answer","text":""}', '{"id":5,"do":"rooms"}',
            '{"id":6,"do":"people","room":"ops"}', '{"id":7,"do":"status"}',
            '{"id":8,"do":"quit"}', '{"id":1,"do":"fly"}', '[]', '\x1b[2J\u202e']
    for ask in asks:
        put("face", f"ask-{asks.index(ask):02}", ask.encode())
    put("face", "all", "\n".join(asks).encode())


def server():
    for i in range(40):
        who = [0x00, 0x41, 0x80, 0xc1]
        out = bytearray()
        for _ in range(4 + i):
            out.append(who[rng.randrange(4)] | rng.randrange(5, 60))
            out += rng.randbytes(rng.randrange(1, 12))
            if rng.randrange(12) == 0:
                out += bytes([who[rng.randrange(4)] & 0xc0 | rng.choice([1, 2, 3]), 40])
        put("server", "story-%02d" % i, bytes(out))
    put("server", "nothing", b"")
    files()


# Numbers of opcodes are places in the table of src/net/opcode.c.
OFFER, ANSWER, CHUNK, ACK, PAUSE, CANCEL = 46, 47, 50, 51, 52, 53


def files():
    """p0 offers three chunks to p1 in a room; what the fields' bytes mean says fuzz_server.c."""
    def do(who, op, *fields):
        return bytes([who << 6 | 5, op, *fields])

    def run(n):
        return bytes([2, n])

    begin = bytes([6, 70, 3, 3, 3]) + run(5) + do(0, 0, 0, 0, 0, 0) + do(1, 0, 0, 0, 0, 0) + run(2)
    begin += do(0, OFFER, 0, 0, 1, 0, 2, 0, 0, 0) + run(2) + do(1, ANSWER, 2, 1, 1, 0) + run(3)
    chunks = [do(0, CHUNK, 0, i, 2) for i in range(3)]
    stories = {
        "done": b"".join(chunks) + run(2) + do(1, ACK, 0, 3),
        "pause-cut-again": chunks[0] + run(1) + do(1, ACK, 0, 1) + do(1, PAUSE, 0, 1) + run(1)
        + do(1, ANSWER, 2, 1, 1, 1, 0, 1) + run(2) + chunks[1] + bytes([65]) + run(2)
        + do(0, PAUSE, 0, 1) + do(0, CANCEL, 1),
        "ack-too-much": b"".join(chunks) + run(2) + do(1, ACK, 0, 4) + run(2)
        + do(1, ANSWER, 2, 1, 1, 0) + run(2),
        "chunk-twice": b"".join(chunks) * 2,
    }
    for name, story in stories.items():
        put("server", "file-" + name, begin + story + run(30))


for make in (reader, frames, msg, clean, config, face, server):
    make()
