"""Pages for people: rendered here, kept up to date by a little JavaScript, usable without network.

A page is a template over what the store reads. It links to itself: what is filtered, sorted and
paged stands in the address. Scripts come as files only, so that no page runs what a name in the
record says.
"""
