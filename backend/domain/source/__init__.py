"""What partners' programs bring under ids of their own."""
