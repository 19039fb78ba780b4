"""`python -m sandbox.slack`."""

from __future__ import annotations

from sandbox.slack.cli import main

if __name__ == "__main__":
    main()
