#!/usr/bin/env bash
# render.sh: films of short runs: their size, that something is seen and moves, that they show the trials of `glibrl eval`, and
# what is refused. Skipped where nothing can be drawn.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

configure "" env.family=cheetah-vel env.horizon=10 train.rounds=2 train.episodes_per_task=2 train.random_rounds=1 \
  model.warmup_factor=1 model.updates=2 agent.updates=3 agent.hidden=32 eval.trials=4 belief.heads=both
run run 1

"$glibrl" render "$dir/run" --frames "$dir/frames" --task 5 --size 480x270 >"$dir/said" 2>"$log" || {
  grep -q 'cannot draw with it\|no library for drawing' "$log" && { cat "$log"; exit 77; }
  cat "$log"; exit 1
}
[ "$(ls "$dir/frames" | wc -l)" = 22 ] || fail "$(ls "$dir/frames" | wc -l) frames of two episodes of 10 steps, not 22"

# the trial is that of an evaluation, to the last digit that is said
"$glibrl" eval "$dir/run" --tasks 6 --json >"$dir/eval.json"
python3 - "$dir/eval.json" "$dir/said" <<'PYTHON' || fail "not the trial of the evaluation: $(cat "$dir/said")"
import json, re, sys
returns = json.load(open(sys.argv[1]))['returns'][5]
shown = re.findall(r'return (\S+)', open(sys.argv[2]).read())
sys.exit(shown != ['%.6f' % r for r in returns])
PYTHON

# what the frames have: the picture is no single colour and changes, and so does the board
cat >"$dir/look.py" <<'PYTHON'
import struct, sys, zlib

def read(path):
    data, at, packed = open(path, 'rb').read(), 8, b''
    while at < len(data):
        size, kind = struct.unpack('>I4s', data[at:at + 8])
        if kind == b'IHDR':
            width, height, depth, colour = struct.unpack('>IIBB', data[at + 8:at + 18])
        if kind == b'IDAT':
            packed += data[at + 8:at + 8 + size]
        at += 12 + size
    assert depth == 8 and colour == 2, (depth, colour)
    raw, stride, rows, above = zlib.decompress(packed), 3 * width, [], bytes(3 * width)
    for y in range(height):
        how, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for x in range(stride):
            a, b, c = (row[x - 3] if x >= 3 else 0), above[x], (above[x - 3] if x >= 3 else 0)
            p = a + b - c
            paeth = a if abs(p - a) <= min(abs(p - b), abs(p - c)) else b if abs(p - b) <= abs(p - c) else c
            row[x] = (row[x] + (0, a, b, (a + b) // 2, paeth)[how]) & 255
        rows.append(bytes(row))
        above = row
    return width, height, rows

left, right = slice(0, 3 * 320), slice(3 * 320, 3 * 480)
frames = [read(path) for path in sys.argv[1:]]
for width, height, rows in frames:
    assert (width, height) == (480, 270), (width, height)
    seen = {row[x:x + 3] for row in rows for x in range(0, 3 * 320, 3)}
    lit = sum(max(row[x:x + 3]) > 20 for row in rows for x in range(0, 3 * 320, 3)) / (320 * 270)
    assert len(seen) > 200 and lit > 0.4, ('picture', len(seen), lit)
    board = [row[x:x + 3] for row in rows for x in range(3 * 320, 3 * 480, 3)]
    blue = sum(p[2] > 150 and p[0] < 120 for p in board)
    white = sum(min(p) > 180 for p in board)
    assert blue > 20 and white > 100, ('board', blue, white)
for part in left, right:
    for (_, _, one), (_, _, other) in zip(frames, frames[1:]):
        assert any(a[part] != b[part] for a, b in zip(one, other)), part
PYTHON
python3 "$dir/look.py" "$dir/frames/frame-000002.png" "$dir/frames/frame-000008.png" "$dir/frames/frame-000020.png" ||
  fail "the frames are not as they should be"

refused() {   # STATUS WORDS ARGUMENT...
  local wanted=$1 words=$2 status=0
  shift 2
  env PATH="${path:-$PATH}" "$glibrl" render "$@" >"$dir/said" 2>&1 || status=$?
  [ "$status" = "$wanted" ] || fail "render $*: exit $status, not $wanted"
  grep -q -- "$words" "$dir/said" || fail "render $*: \"$words\" is not in: $(cat "$dir/said")"
}
refused 2 "RUN is missing"
refused 2 "where to" "$dir/run"
refused 2 "ends in .mp4" "$dir/run" -o film.avi
refused 2 "option --out needs a value" "$dir/run" -o
refused 1 "there are: track, free" "$dir/run" --frames "$dir/none" --camera front
refused 1 "width and height are even" "$dir/run" --frames "$dir/none" --size 481x270
refused 1 "takes WxH" "$dir/run" --frames "$dir/none" --size large
path=/nonexistent refused 1 "apt-get install ffmpeg" "$dir/run" -o "$dir/film.mp4"

configure point train.rounds=1 train.random_rounds=1 eval.trials=4
run point 1
refused 1 "point has no model" "$dir/point" --frames "$dir/none"

# the film
if command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null; then
  "$glibrl" render "$dir/run" -o "$dir/film.mp4" --task 5 --size 480x270 --fps 10 --camera free --sample >/dev/null
  found=$(ffprobe -v error -count_frames -select_streams v -of csv=p=0 \
    -show_entries stream=codec_name,width,height,pix_fmt,r_frame_rate,nb_read_frames "$dir/film.mp4")
  [ "$found" = "h264,480,270,yuv420p,10/1,22" ] || fail "the film is $found"
  [ -z "$(ls "$dir" | grep part)" ] || fail "left behind: $(ls "$dir")"
  status=0
  "$glibrl" render "$dir/run" -o "$dir/nowhere/film.mp4" >/dev/null 2>&1 || status=$?
  [ "$status" = 1 ] || fail "a film into a folder that is missing: exit $status"
else
  echo "no ffmpeg and ffprobe: films are not tested"
fi
exit $failed
