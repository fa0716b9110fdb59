"""Stand-ins for provider plugins: they check and compare as the real ones do, and touch nothing."""
