"""What only reports of this task show."""

ANSWER = "number"
