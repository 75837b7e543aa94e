"""What turns the use cases into functions: settings, wiring, batches, HTTP, logs and metrics."""
