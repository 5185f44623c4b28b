"""What a person leaves behind: the open work that waits for nobody else or names them, and who works with them."""
