"""Where the cases are written, one file a subject."""
