"""The requests, a module a file."""
