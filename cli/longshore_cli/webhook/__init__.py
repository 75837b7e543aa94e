"""The webhook of an installation, tried out as a Git host would use it."""
