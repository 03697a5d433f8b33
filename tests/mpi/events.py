#!/usr/bin/env python3
"""events.py RUN FILES: the event files of RUN/tensorboard, read as TensorBoard reads them, say what metrics.jsonl says. Each of the
FILES has whole records whose sums hold, a version, and the step from which on it replaces what earlier files say."""
import glob, json, math, struct, sys

TABLE = []
for i in range(256):
    for _ in range(8):
        i = i >> 1 ^ (0x82f63b78 if i & 1 else 0)
    TABLE.append(i)


def masked(data):
    crc = 0xffffffff
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xffffffff
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff


def records(path):
    data = open(path, 'rb').read()
    at = 0
    while at < len(data):
        length, crc = struct.unpack_from('<QI', data, at)
        event, (end,) = data[at + 12:at + 12 + length], struct.unpack_from('<I', data, at + 12 + length)
        assert crc == masked(data[at:at + 8]) and end == masked(event), f'{path}: the record at {at} is damaged'
        at += 16 + length
        yield event


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at


def fields(data):
    """Number and value of each field of a protocol buffer."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            value, at = struct.unpack_from({1: '<d', 5: '<f'}[kind], data, at)[0], at + {1: 8, 5: 4}[kind]
        yield key >> 3, value


def read(paths):
    """Step: {tag: value} of what is left when each start has dropped what comes after it."""
    rows = {}
    for path in paths:
        first, second, *rest = [dict(fields(event)) for event in records(path)]
        assert first[3] == b'brain.Event:2' and second[7] == b'\x08\x01', f'{path}: {first}, {second}'
        rows = {step: row for step, row in rows.items() if step < second[2]}
        for event in rest:
            assert event[2] not in rows and event[1] > 1.6e9, f'{path}: {event}'
            values = [dict(fields(value)) for _, value in fields(event[5])]
            rows[event[2]] = {value[1].decode(): value[2] for value in values}
    return rows


def same(a, b):
    return a is not None and math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-30)


run, files = sys.argv[1], int(sys.argv[2])
paths = sorted(glob.glob(f'{run}/tensorboard/events.out.tfevents.*'))
assert len(paths) == files, f'{len(paths)} event files, not {files}: {paths}'
found, lines = read(paths), [json.loads(line) for line in open(f'{run}/metrics.jsonl')]
assert list(found) == [line['steps'] for line in lines], f'steps {list(found)}'
pairs = {'round': 'run/round', 'train_return': 'train/return', 'eval_return_first': 'eval/return_first',
         'evidence_reward': 'model/evidence_reward', 'critic_loss': 'agent/critic_loss', 'time_agent': 'time/agent',
         'actor_rollout_max': 'actor/rollout_max'}
for line in lines:
    row = found[line['steps']]
    assert len(row) == sum(value is not None for value in line.values()), f'round {line["round"]}: {len(row)} values'
    for name, tag in pairs.items():
        assert (tag not in row) if line[name] is None else same(row.get(tag), line[name]), \
            f'round {line["round"]}: {tag} is {row.get(tag)}, {name} {line[name]}'
