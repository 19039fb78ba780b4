"""Container images: which there are, taking the published ones, building the others from package registries alone."""
