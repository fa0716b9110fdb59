"""The gcp provider: a simulated Google API that records what it is asked to make."""
