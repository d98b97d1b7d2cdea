"""What requests and answers look like, apart from how things are stored."""
