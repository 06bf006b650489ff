"""Looking at everybody: whom a strategy plans to read, one frame or a few, and what stands still is not read again."""
