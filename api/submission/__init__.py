"""From a submitted specification to a plan and a queued sweep; nothing is trained."""
