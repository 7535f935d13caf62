"""The numbers of a report, as rows and columns."""
