"""The vectors as they are written: one module for each file in ../seal."""
