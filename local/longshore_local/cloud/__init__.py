"""The emulator that plays most of AWS: started, waited for, and always stopped again."""
