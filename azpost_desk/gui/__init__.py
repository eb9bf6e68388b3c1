"""The counter's window: what a clerk sees, types and scans."""
