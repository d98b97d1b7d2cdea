"""Pages for browsers: rendered here, updated by a little JavaScript, usable without network.

A page is a template over values of the store. Filters, order and page are in the address. Scripts
are files only, so that no text from the database can run as a script.
"""
