"""Stands before what the emulator does not guard or does not tell: who calls, and may they?"""
