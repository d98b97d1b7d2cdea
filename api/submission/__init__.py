"""From a submitted specification to a plan, and to a sweep in the queue; nothing is trained."""
