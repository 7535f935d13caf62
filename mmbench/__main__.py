"""``python -m mmbench`` is the ``mmbench`` command."""

from __future__ import annotations

from mmbench.cli import main

if __name__ == "__main__":
    main(prog_name="mmbench")
