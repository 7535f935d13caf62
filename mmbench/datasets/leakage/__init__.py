"""Target leakage and duplicates: what makes scores better than on new data.

Each search looks for one kind and yields findings of its check. Searches that would
take long look at a sample of the rows, which a finding says.
"""

from mmbench.datasets.leakage.search import find_leaks, straddling_groups

__all__ = ["find_leaks", "straddling_groups"]
