"""`longshore origin`: from what runs back to the push, as far as the ledger knows the way."""
