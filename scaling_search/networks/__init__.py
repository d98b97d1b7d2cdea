"""Networks as torch modules: built, counted by fvcore, with weights and checkpoint files."""
