"""`longshore doctor`: what would keep a rollout, or a way back, from going well.

A check reads (`installation`, `applications`, `stages`, `reading`), then judges what it read in a
function that calls nobody (`queues`, `health`, `starts`, `git_secret`, `rollouts`, `images`,
`lifecycle`, `platforms`, `references`, `permissions`). What could not be read is a finding of its
own: a check that was not made never counts as passed.
"""
