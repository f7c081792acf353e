#!/usr/bin/env python3
"""The relay is not linked to code that could decrypt, and imports nothing that has no place here."""
import re, shutil, subprocess, sys
program = sys.argv[1]
NEVER = "system popen gets strcpy strcat sprintf vsprintf strtok mktemp tmpnam rand".split()
if shutil.which("nm") is None:
    print("SKIPPED: nm is missing")
    sys.exit(77)
def nm(*args):
    return [line.split()[-1].split("@")[0] for line in subprocess.run(
        ["nm", *args, program], capture_output=True, text=True, check=True).stdout.splitlines()]
own = nm("--defined-only")
if "server_new" not in own:
    sys.exit(f"{program}: no relay, or stripped: nothing can be said of it")
bad = [s for s in own if re.match(r"(mls|hpke|treekem|ratchet)_", s)]
bad += [s for s in nm("-D", "--undefined-only") if s in NEVER]
print("\n".join(f"{s}: has no place in the relay" for s in bad), end="\n" if bad else "")
sys.exit(bool(bad))
