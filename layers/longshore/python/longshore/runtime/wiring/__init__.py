"""The composition root: which adapter stands behind which port, one module a function.

A module a function, so that a cold start imports no adapter that its function does not use. What
lives as long as the invocation environment is made once; clients are built when first called.
"""
