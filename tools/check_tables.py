#!/usr/bin/env python3
"""Manuals and completions say what the tables say: every key and limit of sottod.json with its
default and range, every order of sottoctl with its options, every command, option and subcommand of
sotto, every request and event of sotto --json with its keys, every preference, every key,
every slot and theme."""
import re, sys
from pathlib import Path
sys.dont_write_bytecode = True
import make_man, tables
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

def args_of(args):
    """ROOM [TEXT...] as mdoc: Ar room, Op Ar text ..."""
    for w in args.split():
        dots = " ..." if w.endswith(("...", "...]")) else ""
        word = re.sub(r"[][.]", "", w)
        if word.islower() and "|" in word:
            word = " | ".join(f"Cm {x}" for x in word.split("|"))
        elif word.islower():
            word = f"Cm {word}"
        else:
            word = " | ".join(f"Ar {x.lower()}" for x in word.split("|"))
        yield (f"Op {word}" if w[0] == "[" else word) + dots

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

page = read("man/sotto.1")
for name, args, _ in t["command"]:
    want("man/sotto.1", page, f"\n.It Cm /{name}" + "".join(f" {w}" for w in args_of(args)) + "\n")
for name, args, _ in t["verb"]:
    want("man/sotto.1", page, f"\n.It Cm {name}" + "".join(f" {w}" for w in args_of(args)) + "\n")
for name, letter, arg, _ in t["option"]:
    behind = f" Ar {arg.lower().replace('|', ' | Ar ')}" if arg else ""
    want("man/sotto.1", page, "\n.It " + (f"Fl {letter}{behind} , " if letter else "")
         + f"Fl -{name}{behind}\n")
listed = set(re.findall(r"^\.It (?:Fl \w[^,\n]* , )?Fl -([\w-]+)", page, re.M))
for name in sorted(listed - {row[0] for row in t["option"]}):
    bad.append(f"man/sotto.1 tells of --{name}, which no table has")
files = {n: read(n) for n in ("completions/sotto.bash", "completions/_sotto",
                              "completions/sotto.fish")}
for name, text in files.items():
    for option, letter, arg, _ in t["option"]:
        want(name, text, f"-l {option} " if name.endswith(".fish") else f"--{option}")
    for verb, *_ in t["verb"]:
        want(name, text, verb)

page = read("man/sotto-json.5")
def keys_of(keys, maybe):
    for w in keys.split():
        word = "Ar " + w.replace("|", " | ")
        yield f" Op {word}" if w in maybe.split() else f" {word}"
for name, keys, needs, gives in t["request"]:
    maybe = " ".join(w for w in keys.split() if w not in needs.split())
    want("man/sotto-json.5", page, f"\n.It Ic {name}{''.join(keys_of(keys, maybe))}\n")
    for key in gives.split():
        want("man/sotto-json.5", page, f" {key}")
for name, keys, maybe in t["event"]:
    want("man/sotto-json.5", page, f"\n.It Ic {name}{''.join(keys_of(keys, maybe))}\n")
known = {row[0] for kind in ("request", "event", "point") for row in t[kind]}
for name in re.findall(r"^\.It Ic ([\w-]+)", page, re.M):
    if name not in known:
        bad.append(f"man/sotto-json.5 tells of {name}, which no table has")
for (name,) in t["point"]:
    want("man/sotto-json.5", page, f"\n.It Ic {name}\n")

for name, make in make_man.PAGES.items():
    page = read(name)
    if page != make_man.filled(page, make(t)):
        bad.append(f"{name} differs from the table: tools/make_man.py writes it")
page = read("man/sotto-themes.5")
listed = re.findall(r"^\.It Ic ([\w.]+\.[\w.]+)$", page, re.M)
if listed != [name for (name,) in t["slot"]]:
    bad.append("man/sotto-themes.5 does not list the slots of the table, in their order: "
               + " ".join(sorted({n for (n,) in t["slot"]} ^ set(listed))))
for (name,) in t["theme"]:
    want("man/sotto-themes.5", page, f"\n.Ql {name} ")
    for file, text in files.items():
        want(file, text, name)
print("\n".join(bad), end="\n" if bad else "")
sys.exit(bool(bad))
