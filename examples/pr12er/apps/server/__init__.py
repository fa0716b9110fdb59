"""A gRPC server of videos in which papers are reviewed; runs alone, in its image."""
