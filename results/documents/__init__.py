"""What is stored, as JSON: the one description that the service, its client and the CLI share.

Each document is a frozen pydantic model made from records (`of`, `from_…`); `to_record` gives the
record back, so that whoever asks over HTTP holds the same values as whoever opens the database.
"""
