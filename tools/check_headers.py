#!/usr/bin/env python3
"""Every header below src compiles alone, and twice in one file."""
import concurrent.futures, subprocess, sys
from pathlib import Path
root, compiler, generated = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
headers = sorted((root / "src").rglob("*.h"))
if not headers:
    sys.exit(f"no headers below {root}")
def check(header):
    name = header.relative_to(root / "src")
    text = f'#include "{name}"\n#include "{name}"\n'
    run = subprocess.run([compiler, "-std=gnu2x", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror",
                          "-fsyntax-only", f"-I{root}/src", f"-I{generated}", "-xc", "-"],
                         input=text, capture_output=True, text=True)
    return "" if run.returncode == 0 else f"{name} does not compile alone\n{run.stderr}"
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    bad = [b for b in pool.map(check, headers) if b]
print("\n".join(bad))
print(f"{len(headers)} headers, {len(bad)} bad")
sys.exit(bool(bad))
