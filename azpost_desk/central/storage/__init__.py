"""The centre's PostgreSQL: tables, partitions, migrations, statements."""
