"""The dev loop: what is saved in a build context is built, rolled out and heard of."""
