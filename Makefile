# Each target is a step of .ci/run, which is what CI runs.
.PHONY: check quickstart test avx2 tasks lint types layers docs wheel reports portfolio fix

check:
	.ci/run

quickstart test avx2 tasks lint types layers docs wheel:
	.ci/run $@

# The reference reports; with the cache at hand they take minutes.
reports:
	for suite in quick fusion text image ensembles; do \
	  .venv/bin/mmbench run $$suite --fresh --out reports/reference/$$suite || exit 1; \
	done

# What the suite `best` should hold, going by the reference reports.
portfolio:
	.venv/bin/python benchmarks/portfolio.py reports/reference/ensembles reports/reference/fusion reports/reference/image reports/reference/text

fix:
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
