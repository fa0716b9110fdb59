"""What operators ask of a stack: may it come up, is it up, and what a killed run left behind.

It speaks to `pulumi` and `kubectl` as the shell has them, so a stack in the cloud and one in the sandbox are the same.
"""
