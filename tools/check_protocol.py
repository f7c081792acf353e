#!/usr/bin/env python3
"""docs/PROTOCOL.md and sotto-protocol(7) say of every opcode what the table says: number, name,
sender, ceiling, and the fields of each body in order. Prints what should stand there."""
import re, sys
from pathlib import Path
sys.dont_write_bytecode = True
import tables
t = tables.load(sys.argv[1])
root = Path(sys.argv[2])
text = (root / "docs/PROTOCOL.md").read_text()
page = (root / "man/sotto-protocol.7").read_text()
bad = []
for o in t["opcode"]:
    head = f"### {o['op']} {o['name']} ({o['from']}, {tables.size(o['ceiling'])})"
    wanted = head + "\n\n```\n" + "\n".join(tables.block(o)) + "\n```\n"
    if wanted not in text:
        bad.append(f"docs/PROTOCOL.md does not say:\n{wanted}")
    lines = [f".It Li {o['op']} {o['name']} Pq {o['from']} , {tables.size(o['ceiling'])}"]
    lines += [f".D1 {what} : {tables.short(fields)}" for what, fields in o["bodies"].items()]
    at = page.find(lines[0] + "\n")
    entry = page[at:page.find("\n.It", at + 1)] if at >= 0 else ""
    for line in lines:
        if line + "\n" not in entry + "\n":
            bad.append(f"man/sotto-protocol.7 does not say: {line}")
known = {o["op"] for o in t["opcode"]}
for op in re.findall(r"^### (0x[0-9a-f]{2}) ", text, re.M) + re.findall(r"^\.It Li (0x..) ", page, re.M):
    if op not in known:
        bad.append(f"{op} is in a document and in no table")
print("\n".join(bad), end="\n" if bad else "")
sys.exit(bool(bad))
