"""A small deployment engine that runs unmodified Pulumi Python programs in this process.

It stands in for the Pulumi CLI on a machine without one: the SDK registers resources with it instead of with the
CLI's resource monitor, providers are Pulumi's own plugin protocol, and the state is Pulumi's own format.
"""
