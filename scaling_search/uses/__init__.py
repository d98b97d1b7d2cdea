"""What trained networks are used for: class activation maps, transfer, edge devices, prediction."""
