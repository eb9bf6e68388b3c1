"""One folder per feature: form.py (decides, no Qt), screen.py (shows), table.py (lists), actions.py (names and keys)."""
