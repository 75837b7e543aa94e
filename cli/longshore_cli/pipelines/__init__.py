"""Pipelines: what ran, why it failed, and how it goes on.

Everything is read from CodePipeline and CodeBuild with the caller's own credentials; no
installation of Longshore is needed.
"""
