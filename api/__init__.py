"""HTTP: the JSON API, the pages that people use, and the reading of feeds."""
