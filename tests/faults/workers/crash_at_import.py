"""A worker whose imports fail."""

raise ImportError("libboom.so: cannot open shared object file")
