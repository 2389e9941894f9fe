"""The benchmarks: what the service costs beside its peers, measured in one run on one machine."""
