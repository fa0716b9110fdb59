"""What a change of the program would do to deployed stacks, told without cloud, credential or cluster."""
