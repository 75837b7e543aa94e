"""The errors of the embedded AWS.

LocalCloudError          something of ours or of the emulator did not work; its text says what to do
"""


class LocalCloudError(Exception):
    """The embedded AWS could not do what was asked; the text is meant for people."""
