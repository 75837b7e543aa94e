"""Plays the sources of AWS's own events, which no emulator sends."""
