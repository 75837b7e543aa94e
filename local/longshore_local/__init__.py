"""The embedded AWS: everything of Longshore on one machine, without an AWS account."""
