"""`python -m azpost_desk <program>`; the console script azpost-desk is the same."""

import sys

from azpost_desk.programs import main

if __name__ == "__main__":
    sys.exit(main())
