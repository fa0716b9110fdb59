"""The policy pack: `rules` is pure, `__main__` hands it to Pulumi."""
