#!/usr/bin/env python3
"""Every manual page passes mandoc's lint. Exit 77: there is no mandoc."""
import shutil, subprocess, sys
from pathlib import Path
pages = sorted(p for p in Path(sys.argv[1]).iterdir() if p.suffix[1:].isdigit())
if not pages:
    sys.exit(f"no pages in {sys.argv[1]}")
if shutil.which("mandoc") is None:
    print("SKIPPED: mandoc is missing, no page was checked")
    sys.exit(77)
run = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *map(str, pages)], capture_output=True,
                     text=True)
print(run.stdout + run.stderr, end="")
sys.exit(run.returncode != 0)
