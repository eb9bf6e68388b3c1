"""An installed counter starts here: on the current application and its runtime, on nothing else.

Started as `python3.11 -I -S start.py …`: neither the environment nor a user's own packages can slip in.
"""

import fcntl
import os
import sys
from pathlib import Path

CURRENT = Path("/var/lib/azpost-desk/current")
RUNTIMES = Path("/opt/azpost-desk")


def begin() -> None:
    """Put both layers on the path. Exits with 3 when one is missing."""
    # The link is followed once: an update that moves it later does not reach into this process.
    application = Path(os.path.realpath(CURRENT))
    try:
        # Held until this process ends: an update removes no copy that somebody holds.
        held = os.open(application / "RUNTIME", os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_SH)
        runtime = RUNTIMES / f"runtime-{os.read(held, 64).decode('ascii').strip()}" / "site-packages"
    except OSError as fault:
        sys.exit(stop(f"no application stands at {CURRENT} ({fault.strerror})"))
    if not runtime.is_dir():
        sys.exit(stop(f"the libraries {runtime.parent.name} are missing"))
    sys.path[:0] = [str(application), str(runtime)]
    sys.argv[0] = "azpost-desk"


def stop(why: str) -> int:
    """Say what to do; the exit code."""
    print(f"azpost-desk cannot start: {why}. Type: sudo apt install --reinstall azpost-desk", file=sys.stderr)
    return 3


if __name__ == "__main__":
    begin()
    from azpost_desk.programs import main

    sys.exit(main())
