#!/usr/bin/env python3
"""Two and three members (mls_peer) live together through the lines they are driven by, in every suite
that is built. Ends by itself: a child ends when its input does.
    test_peer.py MLS_PEER"""
import os, subprocess, sys, time

PROGRAM = sys.argv[1]
SUITES = (1, 2, 3, 0xF001, 0xF002)
WEEK = 7 * 24 * 3600
EXTENSION = (0xF0F0).to_bytes(2, "big") + bytes([3]) + b"abc"


class Refused(Exception):
    pass


class Peer:
    """One child. Words are given as key=value: bytes, numbers, True for a flag; a list of them repeats."""

    def __init__(self, suite, name):
        self.child = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.key = self("identity", suite=suite, name=name, bits=2048, type=0xF0F0)["key"]

    def raw(self, line):
        self.child.stdin.write(line)
        self.child.stdin.flush()
        answer = self.child.stdout.readline().decode()
        if not answer.endswith("\n"):
            raise SystemExit(f"mls_peer ended with {self.child.wait()} at {line[:200]!r}")
        return answer[:-1]

    def __call__(self, command, *flags, **words):
        line = [command, *flags]
        for key, value in words.items():
            for one in value if isinstance(value, list) else [value]:
                line.append(f"{key}:{one}" if isinstance(one, int) else f"{key}={one.hex()}")
        answer = self.raw((" ".join(line) + "\n").encode())
        status, _, rest = answer.partition(" ")
        if status != "ok":
            raise Refused(answer)
        out = {"flags": set()}
        for word in rest.split():
            if "=" in word:
                key, _, value = word.partition("=")
                out[key] = bytes.fromhex(value)
            elif ":" in word:
                key, _, value = word.partition(":")
                out[key] = int(value)
            else:
                out["flags"].add(word)
        return out

    def package(self):
        now = int(time.time())
        return self("package", **{"from": now - 60}, until=now + WEEK)["package"]

    def end(self):
        self.child.stdin.close()
        code = self.child.wait()
        assert code == 0, f"mls_peer ended with {code}"


def refused(why, peer, command, *flags, **words):
    try:
        peer(command, *flags, **words)
    except Refused as answer:
        assert why in str(answer), f"{command}: {why!r} expected, not {answer}"
        return
    raise AssertionError(f"{command} was accepted")


def agree(*peers):
    views = [p("view") for p in peers]
    for key in ("epoch", "authenticator", "treehash", "tag", "members", "leaves", "extensions"):
        assert len({v[key] for v in views}) == 1, f"{key} differs: {[v[key] for v in views]}"
    secrets = {p("export", label=b"a label", context=b"a context", size=48)["secret"] for p in peers}
    assert len(secrets) == 1 and len(secrets.pop()) == 48
    return views[0]["epoch"]


def commit(by, others, *flags, **words):
    made = by("commit", *flags, now=int(time.time()), **words)
    for p in others:
        assert "commit" in p("process", message=made["commit"])["flags"]
        p("apply")
    by("apply")
    return made


def talk(peers):
    for sender in peers:
        sent = [sender("protect", data=bytes([i]) * i, aad=b"aad", pad=64)["message"] for i in range(4)]
        for receiver in peers:
            if receiver is sender:
                continue
            for i in (2, 0, 3, 1):
                got = receiver("process", message=sent[i])
                assert got["data"] == bytes([i]) * i and got["aad"] == b"aad"
                assert got["sender"] == sender("view")["self"]
            refused("refused", receiver, "process", message=sent[2])


def life(suite):
    a, b, c = (Peer(suite, name) for name in (b"anna", b"bert", b"cleo"))
    a("create", group=b"a group", extensions=EXTENSION)
    for p in (a, b, c):
        p("psk", id=b"word", secret=b"said beforehand")

    # By welcome, the tree outside, as the nodes of a store make it.
    made = a("commit", add=b.package(), now=int(time.time()))
    tree = a("tree")["tree"]
    refused("refused", b, "join", welcome=made["welcome"])
    b("join", welcome=made["welcome"], tree=tree)
    a("apply")
    assert agree(a, b) == 1 and a("tree")["tree"] == tree == b("tree")["tree"]
    assert a("member", leaf=1)["key"] == b.key and b("member", leaf=1)["name"] == b"bert"
    talk([a, b])

    # By value and by reference, sealed and in the open, with what is known to both.
    message = b("propose", "update", "public")["message"]
    assert "proposal" in a("process", message=message)["flags"]
    refused("refused", a, "protect", data=b"before the commit")
    commit(a, [b], external=b"word")
    made = commit(b, [a], "path", "tree", add=c.package())
    c("join", welcome=made["welcome"])
    assert agree(a, b, c) == 3
    talk([a, b, c])

    # A lost race; a state that was stored in between.
    lost = a("commit", "path")["commit"]
    won = c("commit", "public", "path")["commit"]
    a("discard")
    for p in (a, b):
        assert "commit" in p("process", message=won)["flags"]
        assert p("reload")["records"] > 0
        p("apply")
    c("apply")
    refused("error", b, "process", message=lost)
    assert agree(a, b, c) == 4
    talk([a, b, c])

    # Out, and in again by the way that needs nobody.
    commit(a, [b], remove=2)
    refused("error", c, "process", message=a("protect", data=b"not for cleo")["message"])
    info = b("info", "tree")["info"]
    d = Peer(suite, b"dora")
    d("psk", id=b"word", secret=b"said beforehand")
    entered = d("enter", info=info, external=b"word")["commit"]
    for p in (a, b):
        assert p("process", message=entered)["external"] == 1
        p("apply")
    d("apply")
    assert agree(a, b, d) == 6
    talk([a, b, d])

    # The group goes on in another one.
    commit(a, [b, d], reinit=b"another group")
    for p in (a, b, d):
        p("retire")
    a("create", group=b"another group", extensions=EXTENSION)
    made = a("commit", "follow", "tree", add=[b.package(), d.package()], now=int(time.time()))
    for p in (b, d):
        p("join", welcome=made["welcome"])
    a("apply")
    agree(a, b, d)
    for p in (a, b, c, d):
        p.end()


def nonsense():
    """What is no command is answered with an error, and the next one is heard."""
    p = Peer(1, b"emma")
    lines = (b"\n", b" \n", b"x\n", b"view\n", b"create group=0\n", b"create group=zz\n", b"join welcome=\n",
             b"package from:x\n", b"package from:-1\n", b"package from:99999999999999999999\n", b"create =\n",
             b"create" + b" x" * 65 + b"\n", b"\xff\0\n", b"identity suite:1\n", b"identity suite:4 name=00\n")
    for line in lines:
        assert p.raw(line).startswith(("error ", "refused ")), line
    p("create", group=b"g")
    refused("do not decode", p, "process", message=b"")
    refused("error", p, "export", label=b"x" * 64)
    refused("error", p, "create", group=b"g")
    agree(p)
    p.end()


os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=1")
nonsense()
for number in SUITES:
    life(number)
    print(f"suite {number:#06x}: lived")
