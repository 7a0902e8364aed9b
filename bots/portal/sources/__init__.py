"""Where rows come from: one file per way of reading a list."""
