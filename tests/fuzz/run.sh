#!/bin/sh
# run.sh SEEDER TARGET SECONDS: fuzzes TARGET from SEEDER's corpus in a folder that is thrown away
set -eu
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
"$1" "$corpus"
"$2" -max_total_time="$3" -rss_limit_mb=512 -malloc_limit_mb=64 -max_len=2048 -print_final_stats=1 "$corpus"
