"""The engine and the command line: measure, train, select, derive."""
