"""Tables of candidates, trials, families and facts: columns, units and formats, laid out once.

The terminal, the report and the pages draw the same columns and choose among them by name.
"""
