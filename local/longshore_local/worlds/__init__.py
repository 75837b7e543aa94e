"""What the worlds in memory behind the stand-ins have in common: time, identifiers, parameters."""
