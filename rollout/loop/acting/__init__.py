"""From what monitors want to what is touched: episodes, keys, guards, delivery."""
