"""How the same requests grow from one township to the tree of a country."""
