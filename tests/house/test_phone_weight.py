"""A build whose first screen on a phone is too heavy fails, and says of which file."""

import json
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "frontend/scripts/phone-weight.mjs"
KILO = 1024


def weighed(folder: Path, **sizes: int) -> subprocess.CompletedProcess[str]:
    """What the script says of a build with files of these sizes: random bytes, which nothing squeezes."""
    (folder / "m").mkdir()
    chunks = {
        "m.html": {"file": "m/first.js", "css": ["m/page.css"], "imports": ["_shared.js"]},
        "_shared.js": {"file": "m/shared.js"},
        "src/h5/pages/Feedback.vue": {"file": "m/write.js", "imports": ["_shared.js"]},
    }
    (folder / "m/manifest.json").write_text(json.dumps(chunks))
    for name in ("m.html", "look.js", "seal.svg", "m/first.js", "m/page.css", "m/shared.js", "m/write.js"):
        (folder / name).write_bytes(secrets.token_bytes(sizes.get(Path(name).stem, 1) * KILO))
    node = shutil.which("node")
    assert node
    return subprocess.run([node, str(SCRIPT), str(folder)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("sizes", "heavy"),
    [
        ({"first": 40, "shared": 18}, ""),
        ({"first": 42, "shared": 18}, "first screen"),
        ({"first": 30, "write": 30}, "give feedback"),
        ({"seal": 97}, "first screen"),
    ],
)
def test_a_build_that_is_too_heavy_fails(tmp_path: Path, sizes: dict[str, int], heavy: str) -> None:
    found = weighed(tmp_path, **sizes)
    assert (found.returncode, "TOO HEAVY" in found.stdout) == (int(bool(heavy)), bool(heavy)), found
    assert not heavy or any(line.startswith(f"TOO HEAVY  {heavy}") for line in found.stdout.splitlines())


def test_the_build_ends_with_the_scales() -> None:
    scripts = json.loads((SCRIPT.parents[1] / "package.json").read_text("utf-8"))["scripts"]
    assert scripts["build"].endswith("&& node scripts/phone-weight.mjs")
