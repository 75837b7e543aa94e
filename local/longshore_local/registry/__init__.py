"""Images without a Docker engine: manifests put by API, and how a container of one behaves."""
