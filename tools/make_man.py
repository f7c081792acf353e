#!/usr/bin/env python3
"""The parts of manuals that are tables: preferences in sotto-config(5), actions and their keys in
sotto-keys(7). tools/make_man.py DUMP_TABLES ROOT writes them between their markers; the check of the
tables holds the pages to what this would write."""
import sys
from pathlib import Path
sys.dont_write_bytecode = True
import tables

BEGIN = '.\\" begin: tools/make_man.py writes this\n'
END = '.\\" end\n'

def plain(text):
    """Words as mdoc takes them."""
    text = text.replace("\\", "\\e")
    return "\\&" + text if text[:1] in (".", "'") else text

def sentence(text):
    return plain(text[:1].upper() + text[1:] + ("" if text.endswith(".") else "."))

def value(kind, text):
    """As it stands in the file."""
    if kind == "bool":
        return {"on": "true", "off": "false"}[text]
    return text if kind == "number" else f'\\(dq{text}\\(dq'

def takes(kind, choices):
    words = choices.split()
    if kind == "bool":
        return "true or false"
    if kind == "number":
        return f"a number, {words[0]} to {words[1]}"
    return "a string" if kind == "text" else " , ".join(value(kind, w) for w in words)

def preferences(t):
    out = ".Bl -tag -width Ds\n"
    for name, kind, choices, fallback, help in t["pref"]:
        out += f".It Ic {name} Pq {takes(kind, choices)} ; {value(kind, fallback)}\n{sentence(help)}\n"
    return out + ".El\n"

def actions(t):
    out, group = "", None
    for name, of, keys, help in t["action"]:
        if of != group:
            out += (".El\n" if group else "") + f".Ss {of}\n.Bl -tag -width Ds\n"
            group = of
        shown = " , ".join(plain(k) for k in keys.split())
        out += f".It Ic {name}" + (f" Pq Li {shown}\n" if shown else " Pq no key\n") + f"{sentence(help)}\n"
    return out + ".El\n"

MODS = {"ctrl": "Ctrl", "alt": "Alt", "shift": "Shift"}
NAMES = {"pgup": "PgUp", "pgdn": "PgDn", "esc": "ESC"}

def pressed(key):
    """A key as a person says it."""
    words = []
    for one in key.split(","):
        *mods, name = one.split("-") if not one.endswith("-") else [*one[:-2].split("-"), "-"]
        shift = ["Shift"] if "alt" in mods and name.isupper() else []
        name = NAMES.get(name, name.capitalize() if mods or len(name) > 1 else name)
        words.append("+".join([MODS[m] for m in mods] + shift + [name]))
    return " ".join(words)

def keys(t):
    out, group = "", None
    for name, of, default, help in t["action"]:
        if not default:
            continue
        if of != group:
            out += (".El\n" if group else "") + f".Ss {of}\n.Bl -tag -width Ds -compact\n"
            group = of
        shown = [pressed(k) for k in default.split()]
        if len(shown) > 5:
            shown = [f"{shown[0]} .. {shown[-1]}"]
        out += ".It " + " , ".join(plain(k) for k in shown) + f"\n{plain(help)}\n"
    return out + ".El\n"

PAGES = {"man/sotto.1": keys, "man/sotto-config.5": preferences, "man/sotto-keys.7": actions}

def filled(text, part):
    """The page with its table as it should be; None: it has no place for one."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    return head + begin + part + end + tail if begin and end else None

if __name__ == "__main__":
    t = tables.load(sys.argv[1])
    for name, make in PAGES.items():
        path = Path(sys.argv[2]) / name
        path.write_text(filled(path.read_text(), make(t)))
