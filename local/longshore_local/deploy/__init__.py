"""Brings the real template.yaml and the built code into the embedded AWS."""
