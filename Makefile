# Each target is a step of .ci/run, which is what CI runs.
.PHONY: check test lint types layers wheel reports fix

check:
	.ci/run

test lint types layers wheel:
	.ci/run $@

# The reference report; with the cache at hand it takes seconds.
reports:
	.venv/bin/mmbench run quick --fresh

fix:
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
