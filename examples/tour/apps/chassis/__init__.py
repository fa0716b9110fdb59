"""What the seven services stand on: one image with their dependencies and the code that they share."""
