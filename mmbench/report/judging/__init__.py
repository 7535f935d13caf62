"""Comparisons of methods: differences, intervals, ranks and verdicts."""
