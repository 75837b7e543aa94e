"""Webhooks of Git hosts: signed bytes to pushes. Nothing is parsed before it is verified."""
