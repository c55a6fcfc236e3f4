"""How items become files: exporters, what compresses, where a run is staged and published."""
