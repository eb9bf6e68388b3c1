"""The counter's own encrypted SQLite file: tables, journal, ledger, projections, unit of work, migrations."""
