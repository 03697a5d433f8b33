#!/usr/bin/env bash
# install.sh: `meson install` into a folder: the program runs there, and another program is built against what is installed with
# pkg-config and nothing else, and computes what a few lines of Python compute.
set -euo pipefail
meson=$GLIBRL_BUILD/meson
[ -x "$meson" ] || meson=meson
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() { echo "$*"; failed=1; }

"$meson" install -C "$GLIBRL_BUILD" --no-rebuild --destdir "$dir" >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
only() {   # FOLDER NAME: the one file so called below the folder
  find "$1" -name "$2" ! -path "*/mandb/*" | { read -r first && echo "$first"; } || { echo "no $2 is installed" >&2; exit 1; }
}
program=$(only "$dir" glibrl) pc=$(only "$dir" glibrl.pc)
"$program" --version | grep -q '^MPI: ' || fail "the installed program does not run"
for name in glibrl.1 glibrl.bash _glibrl; do [ -s "$(only "$dir" "$name")" ] || fail "$name is empty"; done

# only what is installed, and in a tree that stands elsewhere than it was configured for
cp "$GLIBRL_SOURCE/docs/examples/posterior.c" "$dir/posterior.c"
cd "$dir"
export PKG_CONFIG_PATH=${pc%/*}:${PKG_CONFIG_PATH:-}
pkg-config --exists --print-errors glibrl || exit 1
# shellcheck disable=SC2046  # lists of words
${CC:-cc} -std=c17 -Wall -Werror posterior.c $(pkg-config --cflags --libs glibrl) ${GLIBRL_SANITIZE:-} -o posterior
./posterior >out || { cat out; exit 1; }
python3 - out <<'PYTHON' || { cat out; fail "the figures are wrong"; }
import math, re, sys
text = open(sys.argv[1]).read()
got = [float(x) for x in re.findall(r'-?\d+\.\d{9}', text)]
rows = [((0.1 * i - 1, 1.0), 2 * (0.1 * i - 1) - 1 + 0.2 * math.sin(37.0 * i)) for i in range(20)]
a, b, d = 1.0, 0.0, 1.0                                # Xi = I + Phi'Phi
u = v = yy = 0.0                                       # Phi'Y, Y'Y
for (x, one), y in rows:
    a, b, d, u, v, yy = a + x * x, b + x, d + 1, u + x * y, v + y, yy + y * y
det = a * d - b * b
m = ((d * u - b * v) / det, (a * v - b * u) / det)
omega, nu0, nu = 0.1 + yy - m[0] * u - m[1] * v, 3, 23
evidence = (-10 * math.log(math.pi) + math.lgamma(nu / 2) - math.lgamma(nu0 / 2) - 0.5 * math.log(det)
            + nu0 / 2 * math.log(0.1) - nu / 2 * math.log(omega))
noise = omega / nu
want = [m[0], math.sqrt(noise * d / det), m[1], math.sqrt(noise * a / det), math.sqrt(noise), evidence, m[0], evidence]
for g, w in zip(got, want):
    if abs(g - w) > 2e-8 * max(1, abs(w)):
        sys.exit(f'{g} is not {w}')
sys.exit(len(got) != len(want))
PYTHON
exit $failed
