"""The people who have accounts: joining, moving, leaving, what they may do, and who stands in for them."""
