"""A report as Markdown and as HTML."""
