"""Give the tests one thread each, before anything that reads these is imported.

What they compute is small, and threads that wait for each other cost more than they
bring: on a busy machine, a hundred times more.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
