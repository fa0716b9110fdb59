"""The docker provider: builds an image, pushes it and returns its digest."""
