"""What tests/lint/dump_tables prints, as Python values, and how bodies are written down."""
import subprocess, sys

FROM = {1: "client", 2: "relay", 3: "both"}

def load(program):
    t = {"key": [], "limit": [], "order": [], "command": [], "opcode": [], "verb": [],
         "option": [], "request": [], "event": [], "point": [], "pref": [], "action": [],
         "slot": [], "theme": []}
    text = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        kind, *row = line.split("\t")
        if kind == "opcode":
            t["opcode"].append({"op": row[0], "name": row[1], "from": FROM[int(row[2])],
                                "silent": row[3] == "1", "ceiling": int(row[4]),
                                "help": row[5], "bodies": {}})
        elif kind == "body":
            t["opcode"][-1]["bodies"][row[1]] = []
            body = t["opcode"][-1]["bodies"][row[1]]
        elif kind in ("field", "inner"):
            body.append((kind == "inner", row[0], row[1], int(row[2]), int(row[3])))
        elif kind == "key":
            t["key"].append(row[0])
        else:
            t[kind].append(row)
    for name, rows in t.items():
        if not rows:
            sys.exit(f"the dump has no {name}")
    return t

def size(n):
    for unit, by in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if n >= by and n % by == 0:
            return f"{n // by} {unit}"
    return "64 KiB + 64" if n == 65600 else str(n)

def bounds(kind, least, most):
    if kind == "fix":
        return f"{most} bytes"
    if kind == "list":
        return f"at most {most}, each:"
    if kind in ("str8", "blob16", "blob32", "rest"):
        return f"{least} to {size(most)}" + ("" if "iB" in size(most) else " bytes")
    return ""

def block(opcode):
    """The bodies of an opcode as PROTOCOL.md shows them, a line a field."""
    out = []
    for what, fields in opcode["bodies"].items():
        if not fields:
            out.append(f"{what:8}empty")
        for i, (inner, kind, name, least, most) in enumerate(fields):
            lead = what if i == 0 else ""
            if kind == "optional":
                out.append(f"{lead:8}------  the rest may be missing, all of it together")
                continue
            indent = "    " if inner else ""
            label = "bytes" if kind == "fix" else kind
            line = f"{lead:8}{indent}{label:8}{name:14}{bounds(kind, least, most)}"
            out.append(line.rstrip())
    return out

def short(fields):
    """The fields of a body in one line, as sotto-protocol(7) has them."""
    out, tail, depth = "", "", 0
    for inner, kind, name, least, most in fields:
        if inner and not depth:
            out, depth = out + " {", 1
        elif depth and not inner:
            out, depth = out + " }", 0
        if kind == "optional":
            out, tail = out + " [", " ]"
            continue
        out += f" {name}"
    out += " }" if depth else ""
    return (out + tail).strip() or "empty"
