"""Programs of other projects, built from their Go modules and kept in the cache."""
