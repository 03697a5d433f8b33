#!/usr/bin/env bash
# speed.sh: measures with `glibrl bench` and writes docs/results/speed.md.
set -euo pipefail

case ${1:-} in
  --help)
    cat <<'HELP'
Usage: deploy/speed.sh [PAGE]

Runs `glibrl bench all` (about a minute) and writes its table to PAGE (default: docs/results/speed.md).
HELP
    exit 0 ;;
esac
. "$(dirname "${BASH_SOURCE[0]}")/built.sh"
cd "$top"
page=${1:-docs/results/speed.md}
table=$("$build/glibrl" bench all --repeats 9 --seconds 0.5)
{
  cat <<TEXT
# Speed

Made by \`deploy/speed.sh\` on $(date +%Y-%m-%d): \`glibrl bench all --repeats 9 --seconds 0.5\`. Each rate stands beside its limit or peer, measured in turn with it in the same
run; the ratio is the median over pairs, so that it holds when the machine's speed drifts. Environment variables of OpenBLAS: $(env | grep -c '^OPENBLAS_' || true) set.

\`\`\`
$table
\`\`\`

- \`env.*\`: steps through the environment interface, resets included, against \`mj_step\` alone on the same model with the same actions.
- \`reset.*\`: resets of a task that has been simulated before, against simulating one.
- \`rollout.*\`: simulation, policy and exact belief of a slot group, against the same bare loop.
- \`agent.update\`: one SAC update (batch 256, 256 x 256, observation 17, belief 34 embedded in 64, action 6) on one thread, against its matrix products alone at the same shapes.
- \`agent.update.2threads\`: two threads, wall time, against one.
- \`model.evidence\`: evidence and gradient in double, 5,000 rows, K = 64, D = 39, against the sum of its BLAS calls (two products for statistics, two for the gradient, three Cholesky factors).
- \`model.belief\`: rank-one update and belief vector, K = 16, D = 1.
- \`wire.*\`: a trial of 1,000 steps to MessagePack and back, checksummed, against a copy of its bytes.
- \`reduce.fixed\`: integer summation with a common exponent, against plain sums of doubles.
TEXT
} >"$page"
echo "wrote $page"
