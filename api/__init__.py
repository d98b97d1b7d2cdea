"""The HTTP service over the results database; it never imports torch or ray."""
