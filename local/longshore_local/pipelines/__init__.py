"""Joins CodePipeline and CodeBuild, as played here, to the rest of the embedded AWS.

What they do for a pipeline or a project they do in its role: the emulator's IAM decides about
artifacts, functions, topics and logs, and the stand-ins' own gate about builds.
"""
