"""The parts of the graph: one ComponentResource a file.

Compute Engine, GKE and Kubernetes resources are declared by type token, in their API's own property names:
loading their generated classes takes longer than running the whole program. Tests hold every property against
those classes.
"""
