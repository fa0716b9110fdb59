"""A program without a resource."""
