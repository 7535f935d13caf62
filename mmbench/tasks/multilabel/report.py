"""What only reports of this task show."""
