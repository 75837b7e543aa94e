"""Events and messages: AWS's JSON to facts, our facts to JSON. Pure."""
