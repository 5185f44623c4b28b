"""What the program is measured against.  All read and write the program's own tables, with the indexes these have."""
