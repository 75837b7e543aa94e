"""Verbs: pure, total functions from what is known to what to do, each with a reason."""
