"""What is kept: settings, flags, standing orders and the ledger."""
