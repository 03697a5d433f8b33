"""Every symbol that the library shows to others starts with glb_.

Usage: symbols.py LIBRARY.a"""
import subprocess
import sys

import lint


def check(listing):
    """listing: what `nm --extern-only --defined-only --format=posix` prints."""
    findings, member = [], ''
    for line in listing.splitlines():
        words = line.split()
        if len(words) == 1:
            member = line
        elif words and not words[0].startswith(('glb_', '__')):  # __: the compiler's and the sanitizers' own
            findings.append(f'{member} defines {words[0]}: make it static, or name it glb_<noun>_<verb>')
    return findings


if __name__ == '__main__':
    lint.report(check(subprocess.run(['nm', '--extern-only', '--defined-only', '--format=posix', sys.argv[1]],
                                     capture_output=True, text=True, check=True).stdout))
