"""What operators ask of a stack in the cloud: may it come up, and is it up. Reads only.

It stands on the sandbox's Kubernetes client and on the rules by which its provider waits and explains: what `up` waits
for and what `status` calls up are one thing.
"""
