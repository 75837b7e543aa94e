"""Runs the commands of builds on this machine, as CodeBuild's build containers do."""
