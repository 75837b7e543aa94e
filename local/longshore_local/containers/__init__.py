"""Real containers: images built and pushed, and ECS tasks run, by a Docker engine."""
