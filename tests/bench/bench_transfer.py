#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Files from end to end: real programs, TLS, the relay, sealing, disks; and what others need.

usage: bench_transfer.py BUILD [--mib N] [--to N,N] [--dir D] [--peers] [--many N] [--chat]

One JSON line each. MB/s counts bytes delivered to all, from the word to send until the last has
it in place, hash compared and on the disk; "moving" from the first acceptance on. CPU is
user and system time of each role in seconds, and of all together per GiB delivered. Peers (scp,
magic-wormhole through its own relay) run in the same run where they are installed. All that is
started binds loopback and is ended by its pid.
"""
import argparse, hashlib, json, os, re, resource, shutil, signal, subprocess, sys, tempfile, threading, time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu(pid):
    rest = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(rest[11]) + int(rest[12])) / TICK


def peak(pid):
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


class Client:
    """A client without a screen: lines in, lines out, each with the time it was read at."""

    def __init__(self, args, home):
        home.mkdir(parents=True)
        env = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        self.home, self.lines, self.cond = home, [], threading.Condition()
        self.hook = None
        self.p = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env,
                                  text=True, bufsize=1)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.p.stdout:
            if self.hook and self.hook(line):
                continue
            with self.cond:
                self.lines.append((time.perf_counter(), line))
                self.cond.notify_all()

    def say(self, line):
        self.p.stdin.write(line + "\n")
        self.p.stdin.flush()

    def wait(self, words, after=0, limit=600):
        """When a line with these words was read; and its number."""
        end = time.monotonic() + limit
        with self.cond:
            while True:
                for i in range(after, len(self.lines)):
                    if words in self.lines[i][1]:
                        return self.lines[i][0], i
                after = max(after, len(self.lines))
                if not self.cond.wait(end - time.monotonic()) and time.monotonic() > end:
                    raise SystemExit(f"no '{words}' came; last: {self.lines[-3:]}")

    def end(self):
        if self.p.poll() is None:
            self.p.terminate()
            self.p.wait(20)


class House:
    """A relay and a room with its people."""

    def __init__(self, build, root, people):
        self.root, self.people = Path(root), []
        state = self.root / "relay"
        state.mkdir(mode=0o700)
        config = self.root / "sottod.json"  # what is measured is not how patient the relay is
        config.write_text(json.dumps({"limits": {
            "flood_burst": 0, "command_burst": 0, "receipt_burst": 0, "bytes_burst": 0}}))
        self.relay = subprocess.Popen([f"{build}/sottod", "--config", config, "--state", state,
                                       "--listen", "127.0.0.1:0"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.relay.stdout:
            if m := re.search(r"listening on (127\.0\.0\.1:\d+)", line):
                break
        self.drain = threading.Thread(target=self.relay.stdout.read, daemon=True)
        self.drain.start()
        for i in range(people):
            c = Client([f"{build}/sotto", "--plain", "--ephemeral", "-s", m[1], "-n", f"p{i}"],
                       self.root / f"p{i}")
            c.wait(f"You are p{i}")
            c.say("/join bench")
            c.wait(f"sealed end to end, {i + 1} members" if i else "sealed end to end")
            self.people.append(c)
        time.sleep(2)  # what they still tell each other is none of the transfer's cost

    def end(self):
        for c in self.people:
            c.end()
        self.relay.terminate()
        self.relay.wait(20)

    def used(self):
        return [cpu(self.relay.pid)] + [cpu(c.p.pid) for c in self.people]


def same(a, b):
    def digest(p):
        with open(p, "rb") as f:
            return hashlib.file_digest(f, "sha256").digest() if hasattr(hashlib, "file_digest") else \
                hashlib.sha256(f.read()).digest()
    return digest(a) == digest(b)


def ours(build, root, file, mib, receivers):
    h = House(build, root, receivers + 1)
    sender, takers = h.people[0], h.people[1:]
    before, begin = h.used(), time.perf_counter()
    sender.say(f"/send {file}")
    for c in takers:
        c.wait(file.name)
    accepted = time.perf_counter()
    for c in takers:
        c.say("/accept")
    end = max(c.wait("Saved ")[0] for c in takers)
    sender.wait("whoever wanted it has it")
    used = [b - a for a, b in zip(before, h.used())]
    for c in takers:
        if not same(file, c.home / "Downloads" / file.name):
            raise SystemExit("what came is not what was sent")
    gib = mib / 1024 * receivers
    out = {"bench": "transfer", "what": "sotto", "mib": mib, "receivers": receivers,
           "mb_per_s": round(mib * 1.048576 * receivers / (end - begin)),
           "moving_mb_per_s": round(mib * 1.048576 * receivers / (end - accepted)),
           "cpu_s_per_gib": round(sum(used) / gib, 2), "cpu_relay": round(used[0], 2),
           "cpu_sender": round(used[1], 2), "cpu_receivers": round(sum(used[2:]), 2),
           "relay_peak_kb": peak(h.relay.pid), "sender_peak_kb": peak(sender.p.pid),
           "receiver_peak_kb": peak(takers[0].p.pid)}
    h.end()
    return out


def many(build, root, n):
    """So many files at once, eight from each sender: what the relay holds."""
    senders = (n + 7) // 8
    h = House(build, root, senders + 1)
    idle = peak(h.relay.pid)
    taker = h.people[-1]
    taker.say("\n".join(f"/auto-accept p{i} 1G" for i in range(senders)))
    taker.wait(f"up to 1.0 GB are accepted without asking from now on")
    time.sleep(1)
    begin = time.perf_counter()
    for k in range(n):
        f = h.root / f"many{k}.bin"
        with open(f, "wb") as out:
            out.truncate(32 << 20)
        h.people[k // 8].say(f"/send {f}")
    for k in range(n):
        taker.wait(f"many{k}.bin: its hash")
    out = {"bench": "transfer", "what": f"{n} files at once of 32 MiB", "relay_idle_kb": idle,
           "relay_peak_kb": peak(h.relay.pid),
           "mb_per_s": round(n * 32 * 1.048576 / (time.perf_counter() - begin))}
    h.end()
    return out


def round_trips(a, b, n):
    """DMs back and forth, one at a time; milliseconds, sorted."""
    got = threading.Semaphore(0)
    took = []

    def answer(line):
        if m := re.search(r"ping(\d+)$", line.rstrip()):
            if "p0" in line:
                b.say(f"pong{m[1]}")
            return True

    def hear(line):
        if re.search(r"pong\d+$", line.rstrip()) and "p1" in line.split(":")[-2]:
            got.release()
            return True

    b.hook, a.hook = answer, hear
    for i in range(n):
        begin = time.perf_counter()
        a.say(f"ping{i}")
        if not got.acquire(timeout=30):
            raise SystemExit("a message did not come back")
        took.append((time.perf_counter() - begin) * 1000)
        time.sleep(0.004)
    a.hook = b.hook = None
    return sorted(took)


def chat(build, root, mib):
    """Messages between the two that a file goes between, over the same two lines."""
    h = House(build, root, 2)
    a, b = h.people
    a.say("/msg p1 hello")
    b.wait("hello")
    b.say("/msg p0 hello")
    a.wait("@p1 p1")
    time.sleep(1)
    idle = round_trips(a, b, 400)
    f = h.root / "chat.bin"
    with open(f, "wb") as out:
        out.truncate(mib << 20)
    a.say(f"/send {f}")
    b.wait("chat.bin")
    b.say("/accept")
    time.sleep(0.3)
    busy = round_trips(a, b, 400)
    more = not any("Saved" in line for _, line in b.lines)
    p = lambda x, q: round(x[int(len(x) * q)], 2)
    out = {"bench": "transfer", "what": "a message there and back", "idle_p50_ms": p(idle, .5),
           "idle_p99_ms": p(idle, .99), "busy_p50_ms": p(busy, .5), "busy_p99_ms": p(busy, .99),
           "ratio_p50": round(p(busy, .5) / p(idle, .5), 2), "ratio_p99": round(p(busy, .99) / p(idle, .99), 2),
           "file_went_on_all_the_time": more}
    h.end()
    return out


def children():
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return r.ru_utime + r.ru_stime


def report(what, mib, seconds, used):
    return {"bench": "transfer", "what": what, "mib": mib,
            "mb_per_s": round(mib * 1.048576 / seconds), "cpu_s_per_gib": round(used * 1024 / mib, 2)}


def scp(root, file, mib, cipher):
    d = Path(root) / "ssh"
    d.mkdir(mode=0o700)
    for key in ("host", "me"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", d / key], check=True)
    shutil.copy(d / "me.pub", d / "authorized")
    port = 20000 + os.getpid() % 20000
    os.makedirs("/run/sshd", exist_ok=True)
    before, begin = children(), None
    sshd = subprocess.Popen(
        [shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-q", "-f", "/dev/null", "-p", str(port),
         "-h", d / "host", "-o", "ListenAddress=127.0.0.1", "-o", f"AuthorizedKeysFile={d}/authorized",
         "-o", "StrictModes=no", "-o", "UsePAM=no", "-o", f"PidFile={d}/pid", "-o", "PermitRootLogin=yes",
         "-o", "Subsystem=sftp internal-sftp"])
    try:
        time.sleep(0.7)
        begin = time.perf_counter()
        subprocess.run(["scp", "-q", "-P", str(port), "-i", d / "me", "-o", "StrictHostKeyChecking=no",
                        "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
                       + (["-c", cipher] if cipher else []) + [file, f"127.0.0.1:{root}/scp.bin"], check=True)
        seconds = time.perf_counter() - begin
        time.sleep(0.3)
    finally:
        sshd.terminate()
        sshd.wait()
    return report("scp" + (f" {cipher}" if cipher else ""), mib, seconds, children() - before)


def wormhole(root, file, mib):
    box, transit = 21000 + os.getpid() % 20000, 22000 + os.getpid() % 20000
    twist = shutil.which("twist3") or shutil.which("twist")
    env = dict(os.environ, HOME=str(root))
    before = children()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": env, "cwd": root}
    servers = [subprocess.Popen([twist, "wormhole-mailbox", f"--port=tcp:{box}:interface=127.0.0.1",
                                 "--channel-db=:memory:"], **quiet),
               subprocess.Popen([twist, "transitrelay", f"--port=tcp:{transit}:interface=127.0.0.1"], **quiet)]
    try:
        time.sleep(3)
        common = ["wormhole", "--relay-url", f"ws://127.0.0.1:{box}/v1",
                  "--transit-helper", f"tcp:127.0.0.1:{transit}"]
        begin = time.perf_counter()
        a = subprocess.Popen(common + ["send", "--no-listen", "--hide-progress", "--code", "7-bench-code", file], **quiet)
        b = subprocess.run(common + ["receive", "--no-listen", "--hide-progress", "--accept-file", "-o", f"{root}/worm.bin",
                                     "7-bench-code"], timeout=300, **quiet)
        a.wait(60)
        seconds = time.perf_counter() - begin
    finally:
        for s in servers:
            s.terminate()
            s.wait()
    if b.returncode or not Path(f"{root}/worm.bin").exists():
        return {"bench": "transfer", "what": "magic-wormhole", "skipped": "it did not run here"}
    return report("magic-wormhole through its relay", mib, seconds, children() - before)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--mib", type=int, default=1024)
    p.add_argument("--to", default="1,5")
    p.add_argument("--dir", default=None)
    p.add_argument("--peers", action="store_true")
    p.add_argument("--many", type=int, default=0)
    p.add_argument("--chat", action="store_true")
    a = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(dir=a.dir) as top:
        file = Path(top) / "file.bin"
        with open(file, "wb") as out:
            for _ in range(a.mib):
                out.write(os.urandom(1 << 20))

        def run(fn, *args):
            root = tempfile.mkdtemp(dir=top)
            print(json.dumps(fn(*args[:1], root, *args[1:]) if fn in (ours, many, chat) else
                             fn(root, *args)), flush=True)
            shutil.rmtree(root)

        for n in [int(x) for x in a.to.split(",") if x]:
            run(ours, a.build, file, a.mib, n)
        if a.many:
            run(many, a.build, a.many)
        if a.chat:
            run(chat, a.build, 4 * a.mib)
        if a.peers and shutil.which("scp"):
            run(scp, file, a.mib, None)
            run(scp, file, a.mib, "aes256-gcm@openssh.com")
        if a.peers and shutil.which("wormhole"):
            run(wormhole, file, a.mib)


if __name__ == "__main__":
    main()
