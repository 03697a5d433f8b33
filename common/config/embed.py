#!/usr/bin/env python3
"""embed.py OUT IN.ini...: the presets as rows of a C array, {"name", "text"}, in the order given."""
import pathlib
import sys

LIMIT = 4095  # longest string literal that C17 promises

rows = []
for path in map(pathlib.Path, sys.argv[2:]):
    text = path.read_text(encoding="ascii")
    if not text.startswith("# ") or len(text) > LIMIT:
        sys.exit(f"{path}: a preset starts with a comment that says what it is, and has at most {LIMIT} bytes")
    lines = "".join('\n    "%s\\n"' % line.replace("\\", "\\\\").replace('"', '\\"') for line in text.splitlines())
    rows.append(f'{{"{path.stem}",{lines}}},\n')
pathlib.Path(sys.argv[1]).write_text("".join(rows))
