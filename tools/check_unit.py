#!/usr/bin/env python3
"""The service is shut in: systemd rates its exposure at most so many tenths. Exit 77: no
systemd-analyze that can do it."""
import shutil, subprocess, sys
unit, most = sys.argv[1], sys.argv[2]
if shutil.which("systemd-analyze") is None:
    print("SKIPPED: systemd-analyze is missing, the unit was not rated")
    sys.exit(77)
run = subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={most}",
                      "--no-pager", unit], capture_output=True, text=True)
if "nrecognized option" in run.stderr:
    print("SKIPPED: this systemd-analyze cannot rate a file")
    sys.exit(77)
verdict = [l for l in run.stdout.splitlines() if "exposure level" in l]
print("\n".join(verdict) or run.stdout + run.stderr)
sys.exit(run.returncode != 0 or not verdict)
