"""Who is better than whom, by how much, and how surely."""
