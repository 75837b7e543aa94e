"""Observe, decide, apply: what Longshore does, spoken in ports only."""
