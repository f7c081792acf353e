#!/usr/bin/env python3
"""Manuals and completions say what the tables say: every key and limit of sottod.json with its
default and range, every order of sottoctl with its options, every command of the client."""
import re, sys
from pathlib import Path
sys.dont_write_bytecode = True
import tables
t = tables.load(sys.argv[1])
root = Path(sys.argv[2])
bad = []
def read(name):
    path = root / name
    if not path.exists():
        bad.append(f"{name} is missing")
        return ""
    return path.read_text()
def want(name, text, line):
    if line not in text:
        bad.append(f"{name} does not say: {line.strip()}")

page = read("man/sottod.json.5")
for (key,) in ((k,) for k in t["key"]):
    want("man/sottod.json.5", page, f"\n.It Ic {key}\n" if key == "limits" else f"\n.It Ic {key} ")
for name, fallback, least, most, unit, _ in t["limit"]:
    want("man/sottod.json.5", page, f"\n.It Ic {name} Pq {unit} ; {fallback} , {least} to {most}\n")
known = set(t["key"]) | {row[0] for row in t["limit"]}
for name in re.findall(r"^\.It Ic (\w+)", page, re.M):
    if name not in known:
        bad.append(f"man/sottod.json.5 tells of {name}, which no table has")

page = read("man/sottoctl.8")
files = {n: read(n) for n in ("completions/sottoctl.bash", "completions/_sottoctl",
                              "completions/sottoctl.fish")}
for command, args, options, _ in t["order"]:
    line = f"\n.It Ic {command}" + "".join(
        f" Op Ar {w[1:-1]}" if w[0] == "[" else f" Ar {w}" for w in args.split()) + "".join(
        f" Op Fl -{o} Ar {'N' if o == 'password-fd' else 'TIME' if o == 'for' else o.upper()}"
        for o in options.split()) + "\n"
    want("man/sottoctl.8", page, line)
    for name, text in files.items():
        for word in command.split() + options.split():
            want(name, text, word)

page = root / "man/sotto.1"
if page.exists():
    for name, args, _ in t["command"]:
        want("man/sotto.1", page.read_text(), f"/{name}")
print("\n".join(bad), end="\n" if bad else "")
sys.exit(bool(bad))
