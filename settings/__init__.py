"""Everything known before a resource exists: the stack file as frozen, validated models, and names."""
