#!/usr/bin/env bash
# soak.sh: a long run, with the memory of each of its ranks by time.
set -euo pipefail
case ${1:-} in
  --help)
    cat <<'HELP'
Usage: deploy/soak.sh [MINUTES [RANKS [TRAIN ARGUMENT]...]]

Trains the preset cheetah-dir on RANKS (default: 3) ranks for MINUTES (default: 30) and prints the resident memory of each rank, in
MB, every tenth of the time, and how much it grew over the second half. TRAIN ARGUMENT: other arguments than
--preset cheetah-dir --set agent.updates=100 --set replay.trials=800 (which is full after 50 rounds).
HELP
    exit 0 ;;
esac
minutes=${1:-30} ranks=${2:-3}
arguments=("${@:3}")
[ ${#arguments[@]} -gt 0 ] || arguments=(--preset cheetah-dir --set agent.updates=100 --set replay.trials=800)
. "$(dirname "${BASH_SOURCE[0]}")/built.sh"
dir=$(mktemp -d)
trap 'kill "$job" 2>/dev/null || true; wait "$job" 2>/dev/null || true; rm -rf "$dir"' EXIT

"$build/mpirun" --bind-to none -n "$ranks" "$build/glibrl" train "${arguments[@]}" --set train.rounds=1000000 --out "$dir/run" >"$dir/log" 2>&1 &
job=$!
memory() {   # of each rank, in rank order, MB
  local process
  for process in $(pgrep -f -- "glibrl train .*--out $dir/run"); do
    [ "$(cat "/proc/$process/comm" 2>/dev/null)" = glibrl ] || continue
    printf '%s %s\n' "$(tr '\0' '\n' <"/proc/$process/environ" | sed -nE 's/^(OMPI_COMM_WORLD_RANK|PMIX_RANK)=//p' | head -n 1)" \
      "$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$process/status")"
  done | sort -n -u | awk '{ printf " %8s", $2 }'
}
printf '%8s %8s %s\n' minute round "memory of ranks 0 to $((ranks - 1)), MB"
for ((tenth = 1; tenth <= 10; tenth++)); do
  sleep "$(awk -v m="$minutes" 'BEGIN { print 6 * m }')"
  kill -0 "$job" 2>/dev/null || { echo "soak: the run has ended:"; tail -n 20 "$dir/log"; exit 1; }
  printf '%8s %8s%s\n' "$(awk -v m="$minutes" -v t=$tenth 'BEGIN { printf "%.1f", m * t / 10 }')" "$(cat "$dir/run/metrics.jsonl" 2>/dev/null | wc -l)" "$(memory)" | tee -a "$dir/table"
done
awk 'NR == 5 { for (i = 3; i <= NF; i++) half[i] = $i } END { printf "grown over the second half, MB:"; for (i = 3; i <= NF; i++) printf " %.1f", $i - half[i]; print "" }' "$dir/table"
