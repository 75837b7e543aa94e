"""Longshore: an event-driven continuous-delivery controller for Amazon ECS."""

__version__ = "0.1.0"
