"""Nouns: frozen values and the rules that hold within one of them. Standard library only."""
