"""What a destroyed stack left behind in its Google Cloud project. Reads only."""
