"""What the lint scripts share: the files of the project, and how a finding is reported."""
import shutil
import subprocess
import sys
from pathlib import Path

SKIPPED = 77  # meson's exit code for a test that could not run


def files(root, *suffixes):
    """Files of the project below root with one of the suffixes ('' matches all), sorted, relative to root.

    Where git knows the tree these are the tracked and the new ones, elsewhere (an archive, no git) all outside hidden and
    build folders."""
    root, listed = Path(root), None
    if (root / '.git').exists() and shutil.which('git'):
        listed = subprocess.run(['git', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                                capture_output=True, check=False)
    if listed and listed.returncode == 0:
        paths = [Path(name) for name in listed.stdout.decode().split('\0') if name and (root / name).is_file()]
    else:
        paths = [path.relative_to(root) for path in root.rglob('*') if path.is_file()]
        paths = [path for path in paths if not path.parts[0].startswith(('build', 'runs', '.git'))
                 and '__pycache__' not in path.parts]
    return sorted(path for path in paths if path.name.endswith(suffixes or ('',)))


def report(findings):
    """Prints findings and ends the test: exit 1 when there is one."""
    for finding in findings:
        print(finding)
    print(f'{len(findings)} findings')
    sys.exit(1 if findings else 0)
