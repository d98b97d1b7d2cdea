"""Networks as data: layers, rounding, the realised `NetworkSpec`, and its cost in closed form."""
