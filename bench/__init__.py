"""Side-by-side measurements: every figure is a ratio from one run, because machines are noisy."""
