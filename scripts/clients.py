"""Write what the client packages take from the contract: calls and models in Python, the types in TypeScript.

python -m scripts.clients            writes them
python -m scripts.clients --check    says what differs and fails
"""

import difflib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.client_calls import modules

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "openapi" / "openapi.json"
PYTHON = ROOT / "clients" / "python" / "src" / "guanbiao_client"
MODELS, CALLS = PYTHON / "models.py", PYTHON / "calls"
BIN = Path(sys.executable).parent
GENERATOR = [
    *(str(BIN / "datamodel-codegen"), "--input", str(CONTRACT), "--input-file-type", "openapi"),
    *("--output-model-type", "typing.TypedDict", "--target-python-version", "3.11", "--no-use-closed-typed-dict"),
    *("--use-double-quotes", "--use-union-operator", "--use-schema-description", "--disable-timestamp"),
    *(
        "--custom-file-header",
        '"""The shapes of what is sent and answered; made from the contract by `scripts/clients.py`."""',
    ),
    *("--formatters", "builtin"),
]


def made() -> dict[Path, str]:
    """Every file and what is to be in it."""
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder) / "models.py"
        subprocess.run([*GENERATOR, "--output", str(models)], check=True, stderr=subprocess.DEVNULL)
        contract = json.loads(CONTRACT.read_bytes())
        found = {MODELS: models.read_text()}
        found |= {CALLS / f"{name}.py": text for name, text in modules(contract).items()}
        return {path: formatted(path, text) for path, text in found.items()}


def formatted(path: Path, text: str) -> str:
    """In the house's form, so that a reader of the package finds nothing strange."""
    needed = ["check", "--fix", "--exit-zero", "--quiet", "--isolated", "--select", "F401,I001"]
    for command in (needed, ["format", "--quiet"]):
        form = [str(BIN / "ruff"), *command, "--stdin-filename", str(path), "-"]
        text = subprocess.run(form, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return text


def main(is_check: bool) -> int:
    wanted = made()
    old = set(CALLS.glob("*.py")) if CALLS.is_dir() else set()
    if is_check:
        differing = [path for path, text in wanted.items() if not path.is_file() or path.read_text() != text]
        for path in differing:
            before = path.read_text().splitlines() if path.is_file() else []
            sys.stdout.writelines(
                line + "\n"
                for line in list(
                    difflib.unified_diff(before, wanted[path].splitlines(), str(path), "contract", lineterm="")
                )[:20]
            )
        gone = sorted(old - set(wanted))
        print(*(f"not in the contract: {path}" for path in gone), sep="\n")
        return 1 if differing or gone else 0
    shutil.rmtree(CALLS, ignore_errors=True)
    CALLS.mkdir(parents=True)
    for path, text in wanted.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
