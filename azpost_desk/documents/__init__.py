"""Paper: receipts, labels, customs forms, reports; pure functions from values to PDF or printer bytes."""
