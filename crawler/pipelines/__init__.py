"""Item pipelines: one verb each."""
