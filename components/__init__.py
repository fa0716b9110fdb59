"""The parts of the graph: one ComponentResource a file.

Resources are the SDK's typed classes, or subclasses of its CustomResource where the SDK declares none (`gke`).
What is declared by type token, in its API's own property names, is so because loading its class takes longer than
running the whole program: see docs/adr/0003-typed-resources.md.
"""
