"""The tables of families with the rows that docs/howto/a-mujoco-task-of-your-own.md tells a reader to add, for a program with that family.

Usage: overlay.py TASKS FAMILIES PAGE FOLDER STAMP: FOLDER gets common/task/tasks.def and actors/env/families.def"""
import re
import sys
from pathlib import Path

tasks, families, page, folder, stamp = map(Path, sys.argv[1:])
for source, place, row in ((tasks, 'common/task', r'F\("pole",.*'), (families, 'actors/env', r'X\(pole\)')):
    rows = re.findall(rf'^ +({row})$', page.read_text(), re.MULTILINE)
    assert len(rows) == 1, f'{page}: one row {row} for {source}'
    (folder / place).mkdir(parents=True, exist_ok=True)
    (folder / place / source.name).write_text(source.read_text() + rows[0] + '\n')
stamp.write_text('')
