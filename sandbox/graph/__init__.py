"""A stack's desired graph, evaluated with no cloud, credential or cluster, and its picture."""
