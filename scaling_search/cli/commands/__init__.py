"""One file a command.

A command's file declares its options and help; what it needs to run is imported when it runs, so
that `--help` and completion answer at once and only commands that train wait for torch and Ray.
"""
