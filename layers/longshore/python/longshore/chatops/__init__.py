"""Slack: what its messages say, and the way to it."""
