"""What both databases must agree on: column types for money, ids and time, naming convention."""
