"""What a report says of the machine, so that a figure is not read without it."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from backend.db.programs import find_programs


def machine() -> dict[str, Any]:
    """Processors, memory, versions, and how busy the machine was before anything of ours ran."""
    return {
        "processor": _line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "memory_gb": round(int((_line("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) / 1e6, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": find_programs(None).major,
        "packages": {name: version(name) for name in ("fastapi", "sqlalchemy", "asyncpg", "uvicorn", "django")},
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def _line(file: str, name: str) -> str | None:
    path = Path(file)
    if not path.exists():
        return None
    found = (line.partition(":")[2].strip() for line in path.read_text().splitlines() if line.startswith(name))
    return next(found, None)
