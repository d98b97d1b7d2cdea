"""What a user asks for, validated: spaces, sweeps, targets, strategies, transfers, validations."""
