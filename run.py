"""Run the program without installing a command: python run.py scenarios/tokyo-office-2023.toml."""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 (it runs before anything is installed)
        sys.exit("unanimity needs Python 3.11 or newer; this is " + sys.version.split()[0])
    from sim.cli import main

    sys.exit(main())
