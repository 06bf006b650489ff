"""The stored state: settings, flags, standing orders and the ledger."""
