"""Measurements side by side with other ways to deploy: `make bench`.

Everything is measured in one run on one machine, in rounds that take turns, and told as ratios:
milliseconds of this machine are not those of Lambda. Both sides speak to the same emulator.
"""
