"""Adapters, one for each AWS service: the only place that knows botocore.

Every call passes the gate (`gate.py`), which turns what goes wrong into the errors of
`longshore.domain.errors`; nothing outside this package sees an error of botocore's.
"""
