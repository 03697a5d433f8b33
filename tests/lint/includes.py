"""Includes obey the architecture (rooms.txt): rooms, foreign packages, root-relative paths, own header first.

Usage: includes.py ROOT"""
import configparser
import fnmatch
import re
import sys
from pathlib import Path

import lint

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def read_table(path):
    table = configparser.ConfigParser(delimiters=(':',), interpolation=None)
    table.optionxform = str
    table.read_string(Path(path).read_text())
    split = lambda section: {key: value.split() for key, value in table[section].items()}
    return split('rooms'), split('foreign'), list(table['standard'])


def within(path, place):
    return path == place or path.startswith(place + '/')


def room_of(path, rooms):
    """The nearest room above a path, or None."""
    return max((room for room in rooms if within(path, room)), key=len, default=None)


def check_room(source, target, root, rooms):
    """A root-relative include of target in source."""
    room, target_room = room_of(source, rooms), room_of(target, rooms)
    if not (root / target).is_file():
        meson = root / Path(target).parent / 'meson.build'  # made by the build: the room's meson.build names it
        if not (meson.is_file() and Path(target).name in meson.read_text()):
            return f'"{target}" is not a path from the top folder'
    if room is None or room == target_room:  # tests may include all
        return None
    if target_room is None:
        return f'"{target}" is in no room'
    if not any(within(target_room, allowed) for allowed in rooms[room]):
        return f'{room} may not include {target_room} ("{target}")'
    return None


def check_foreign(source, header, rooms, foreign, standard):
    """An include of <header> in source."""
    if room_of(source, rooms) is None or any(fnmatch.fnmatch(header, pattern) for pattern in standard):
        return None
    for pattern, places in foreign.items():
        if fnmatch.fnmatch(header, pattern):
            allowed = any(within(source, place) for place in places)
            return None if allowed else f'<{header}> belongs to {" ".join(places)}'
    return f'<{header}> is not in tests/lint/rooms.txt'


def check(root, table):
    root = Path(root)
    rooms, foreign, standard = read_table(table)
    findings = []
    for path in lint.files(root, '.c', '.h', '.def'):
        source = path.as_posix()
        includes = INCLUDE.findall((root / path).read_text())
        for kind, header in includes:
            problem = (check_room(source, header, root, rooms) if kind == '"'
                       else check_foreign(source, header, rooms, foreign, standard))
            if problem:
                findings.append(f'{source}: {problem}')
        own = path.with_suffix('.h')
        if path.suffix == '.c' and (root / own).is_file() and includes[:1] != [('"', own.as_posix())]:
            findings.append(f'{source}: the first include is not its own header "{own.as_posix()}"')
    return findings


if __name__ == '__main__':
    lint.report(check(sys.argv[1], Path(__file__).with_name('rooms.txt')))
