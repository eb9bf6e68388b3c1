"""The centre: web, intake, registry, one module per feature, gateways, storage on PostgreSQL."""
