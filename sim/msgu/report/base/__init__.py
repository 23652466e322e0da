"""Parts that every page and picture shares: style, escaping, time axes, texts."""
