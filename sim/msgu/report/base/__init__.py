"""What every page and picture shares: style, escaping, time axes, texts."""
