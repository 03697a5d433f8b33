#!/usr/bin/env python3
"""Writes sac.h5: three updates of soft actor-critic by JAX in double precision, with automatic gradients.

    pip install jax h5py numpy && ./make_sac.py sac.h5

Start, batches and noise are those that the C agent gets; noise comes from Philox 4x32-10 as in common/base/rng.c
and Box-Muller as in common/nn/noise.c, both written again here."""
import sys

import h5py
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
S, B, A, E, H, BATCH, SHARDS, UPDATES = 5, 4, 3, 6, 16, 12, 2, 3
RATE, POLYAK, TEMPERATURE, TARGET_ENTROPY, SEED = 3e-3, 0.02, 0.3, -2.5, 11
UPDATE_NOISE = 7  # place in streams.def
rng = np.random.default_rng(0)


def philox(counter, key):
    """Philox 4x32-10 of Salmon et al. (2011)."""
    c, k = [int(x) for x in counter], [int(x) for x in key]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [p1 >> 32 ^ c[1] ^ k[0], p1 & 0xFFFFFFFF, p0 >> 32 ^ c[3] ^ k[1], p0 & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def normals(n, update, shard):
    blocks = [philox((UPDATE_NOISE << 24 | shard, update, i, 0), (SEED, 0)) for i in range((n + 3) // 4)]
    u = np.array(blocks, np.uint64).astype(float).reshape(-1, 2)
    r, angle = np.sqrt(-2 * np.log((u[:, 0] + 0.5) / 2**32)), 2 * np.pi * u[:, 1] / 2**32
    return np.stack([r * np.cos(angle), r * np.sin(angle)], 1).reshape(-1)[:n]


def tensors(inputs, outputs):
    """Shapes of embedding and trunk in the order of the parameter buffer."""
    sizes = [(B, E), (inputs, H), (H, H), (H, outputs)]
    return [shape for m, n in sizes for shape in ((m, n), (n,))]


POLICY, CRITIC = tensors(S + E, 2 * A), tensors(S + A + E, 1)
size = lambda shapes: sum(int(np.prod(s)) for s in shapes)
NP, NC = size(POLICY), size(CRITIC)


def unpack(theta, shapes):
    out, at = [], 0
    for shape in shapes:
        n = int(np.prod(shape))
        out.append(theta[at:at + n].reshape(shape))
        at += n
    return out


def network(theta, shapes, b, *inputs):
    We, be, W0, b0, W1, b1, W2, b2 = unpack(theta, shapes)
    x = jnp.concatenate([*inputs, jnp.tanh(b @ We + be)], 1)
    return jax.nn.relu(jax.nn.relu(x @ W0 + b0) @ W1 + b1) @ W2 + b2


def act(policy, s, b, z):
    mu, raw = jnp.split(network(policy, POLICY, b, s), 2, 1)
    sd = jnp.exp(jnp.clip(raw, -5, 2))
    u = mu + sd * z
    density = jax.scipy.stats.norm.logpdf(u, mu, sd) - 2 * (jnp.log(2) - u - jax.nn.softplus(-2 * u))
    return jnp.tanh(u), density.sum(1)


def q(critics, k, s, b, a):
    return network(critics[k * NC:(k + 1) * NC], CRITIC, b, s, a)[:, 0]


def adam(theta, m, v, g, t):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    return theta - RATE * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v


def update(theta, target, m, v, batch, z_next, z, t):
    policy, critics, log_alpha = theta[:NP], theta[NP:NP + 2 * NC], theta[-1:]
    alpha = jnp.exp(log_alpha[0])
    part = lambda x: (x[:NP], x[NP:NP + 2 * NC], x[-1:])
    (mp, mc, ml), (vp, vc, vl) = part(m), part(v)

    a2, lp2 = act(policy, batch["s2"], batch["b2"], z_next)
    low = jnp.minimum(*[q(target, k, batch["s2"], batch["b2"], a2) for k in (0, 1)])
    y = batch["r"] + batch["discount"] * (low - alpha * lp2)

    def critic_loss(c):
        Q = [q(c, k, batch["s"], batch["b"], batch["a"]) for k in (0, 1)]
        return sum(((Qk - y)**2).mean() for Qk in Q), sum(Q).mean() / 2

    (lc, q_mean), gc = jax.value_and_grad(critic_loss, has_aux=True)(critics)
    critics, mc, vc = adam(critics, mc, vc, gc, t)

    def policy_loss(p):
        x, lp = act(p, batch["s"], batch["b"], z)
        low = jnp.minimum(*[q(critics, k, batch["s"], batch["b"], x) for k in (0, 1)])
        return (alpha * lp - low).mean(), lp.mean()

    (lp, mean), gp = jax.value_and_grad(policy_loss, has_aux=True)(policy)
    policy, mp, vp = adam(policy, mp, vp, gp, t)

    ga = jax.grad(lambda l: -jnp.exp(l[0]) * (mean + TARGET_ENTROPY))(log_alpha)
    log_alpha, ml, vl = adam(log_alpha, ml, vl, ga, t)
    target = target + POLYAK * (critics - target)
    join = lambda *x: jnp.concatenate(x)
    report = jnp.array([lc / 2, lp, -mean, q_mean, alpha])
    return join(policy, critics, log_alpha), target, join(mp, mc, ml), join(vp, vc, vl), report


def start(shapes):
    return [rng.uniform(-1, 1, s) / np.sqrt(s[0]) if len(s) == 2 else rng.uniform(-0.1, 0.1, s) for s in shapes]


policy, critics = start(POLICY), [*start(CRITIC), *start(CRITIC)]
policy[-2] *= 25  # log standard deviations beyond both limits, saturated actions
flat = lambda x: np.concatenate([t.reshape(-1) for t in x])
theta = np.concatenate([flat(policy), flat(critics), [np.log(TEMPERATURE)]]).astype(np.float32)
target = (theta[NP:-1] + rng.normal(size=2 * NC) * 0.02).astype(np.float32)
normal = lambda *shape: rng.normal(size=(UPDATES, BATCH, *shape)).astype(np.float32)
data = dict(s=normal(S), b=normal(B), a=np.tanh(normal(A)), r=normal(), s2=normal(S), b2=normal(B),
            discount=np.where(rng.uniform(size=(UPDATES, BATCH)) < 0.2, 0, 0.99).astype(np.float32))

with h5py.File(sys.argv[1], "w") as f:
    for name in "S B A E H BATCH SHARDS UPDATES SEED".split():
        f.attrs[name.lower() if len(name) > 1 else name] = np.int64(globals()[name])
    for name in "RATE POLYAK TEMPERATURE TARGET_ENTROPY".split(): f.attrs[name.lower()] = float(globals()[name])
    f.attrs["written_by"] = f"make_sac.py, jax {jax.__version__}"
    f["theta"], f["target"] = theta, target
    for name, x in data.items(): f[f"batch/{name}"] = x
    x, y, m, v = theta.astype(float), target.astype(float), np.zeros(theta.size), np.zeros(theta.size)
    step = jax.jit(update)
    clipped = 0
    for t in range(1, UPDATES + 1):
        M = BATCH // SHARDS
        z = np.stack([normals(2 * M * A, t - 1, shard) for shard in range(SHARDS)]).reshape(SHARDS, 2, M, A)
        batch = {k: w[t - 1].astype(float) for k, w in data.items()}
        raw = np.asarray(network(x[:NP], POLICY, batch["b"], batch["s"]))[:, A:]
        clipped += np.array([(raw < -5).sum(), (raw > 2).sum()])
        x, y, m, v, report = step(x, y, m, v, batch, z[:, 0].reshape(-1, A), z[:, 1].reshape(-1, A), t)
        for name, w in dict(theta=x, target=y, m=m, v=v, report=report).items(): f[f"update{t}/{name}"] = np.asarray(w)
    assert (clipped > 0).all(), clipped
