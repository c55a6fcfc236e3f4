"""Same and nearly same texts: fingerprints, similarity, clusters; text in, values out."""
