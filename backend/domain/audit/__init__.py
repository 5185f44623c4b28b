"""An audit that can be proved: events sealed in batches, checked, and proved one by one."""
