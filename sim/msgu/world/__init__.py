"""Build the world of a scenario: follower graph, accounts, people, places."""
