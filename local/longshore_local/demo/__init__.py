"""`longshore demo`: the whole story on one machine, without an AWS account."""
