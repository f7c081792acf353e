#!/usr/bin/env python3
"""docs/ARCHITECTURE.md has a line for every file of the house, and for none that is gone."""
import re, sys
from pathlib import Path
root = Path(sys.argv[1])
TOPS = ("src", "tests", "tools", "man", "units", "completions", "cmake")
def stem(path):  # a pair of .c and .h is one entry
    return re.sub(r"\.[ch]$", "", path)
there = set()
for top in TOPS:
    for f in (root / top).rglob("*"):
        name = f.relative_to(root).as_posix()
        if f.is_file() and not re.search("/(corpus|screens|__pycache__)/", name):  # data
            there.add(stem(name))
text = (root / "docs/ARCHITECTURE.md").read_text()
named = {}
for folder, body in re.findall(r"^### `([\w/.-]+)/`.*?\n(.*?)(?=^#|\Z)", text, re.M | re.S):
    for name, words in re.findall(r"^\| `([^`]+)` \| *(.*?) *\|$", body, re.M):
        named[stem(f"{folder}/{name}")] = words
bad = [f"{n}: has no line in docs/ARCHITECTURE.md" for n in sorted(there - named.keys())]
bad += [f"{n}: is in docs/ARCHITECTURE.md and not there" for n in sorted(named.keys() - there)]
bad += [f"{n}: its line says nothing" for n, words in sorted(named.items()) if len(words) < 8]
print("\n".join(bad), end="\n" if bad else "")
sys.exit(bool(bad) or not there)
