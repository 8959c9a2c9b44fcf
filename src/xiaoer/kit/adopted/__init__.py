"""Figures of a parameters file that two persons changed from a day on: dated rows over the file."""
