"""The longshore command."""
