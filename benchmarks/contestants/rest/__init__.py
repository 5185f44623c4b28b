"""Django REST Framework with its defaults, over the program's tables."""
