"""Ray: runs trials on workers and brings their reports back to the driver."""
