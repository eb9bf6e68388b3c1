"""Our own widgets: amount, person, scan and date fields, tables, charts, notices, dialogs, theme."""
