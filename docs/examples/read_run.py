"""What a checkpoint of glibrl makes of a trial: features, exact posterior, belief and greedy action. NumPy and h5py alone."""
import configparser

import h5py
import numpy as np

P = [1.3184369e-8, 2.0471991e-5, 3.4865944e-3, 0.1337321, 0.9999999]
Q = [7.7027387e-7, 3.2714038e-4, 2.584203e-2, 0.46706507, 1]


def tanh(x):  # as the networks of glibrl have it: within 4e-7 of numpy.tanh
    x = np.clip(x, -9, 9)
    return np.clip(x * np.polyval(P, x * x) / np.polyval(Q, x * x), -1, 1)


def relu(x):
    return np.maximum(x, 0)


class Run:
    def __init__(self, checkpoint):
        self.file = h5py.File(checkpoint)
        self.config = configparser.ConfigParser()
        self.config.read_string(self.file.attrs['config'])
        self.heads = [head for head in ('reward', 'transition') if f'learned/acting/model/{head}.M0' in self.file]

    def get(self, name):
        return self.file[f'learned/{name}'][:].astype(float)

    def net(self, name, x, *activations):
        for i, act in enumerate(activations):
            x = act(x @ self.get(f'{name}.{i}.W') + self.get(f'{name}.{i}.b'))
        return x

    def normalise(self, what, x, limit):
        return np.clip((x - self.get(f'acting/{what}_shift')) * self.get(f'acting/{what}_scale'), -limit, limit)

    def rows(self, trials, i):
        """Features Phi (T x K) and targets Y (T x D) of each head for trial i of a group: replay, or trials of glibrl eval."""
        length = trials['length'][i]
        obs, a, r = (trials[name][i, :length.sum()].astype(float) for name in ('obs', 'action', 'reward'))
        after = np.roll(obs, -1, axis=0)
        after[np.cumsum(length) - 1] = trials['last_obs'][i]
        s, after = self.normalise('obs', obs, 10), self.normalise('obs', after, 10)
        X = {'reward': np.hstack([s, a, after]), 'transition': np.hstack([s, a])}
        Y = {'reward': r[:, None], 'transition': (after - s)[:, np.array(self.file.attrs['targets'].split(), int)]}
        return {h: (np.hstack([self.net(f'acting/model/{h}.basis', X[h], tanh, tanh, tanh), np.ones((len(s), 1))]), Y[h])
                for h in self.heads}

    def posterior(self, head, Phi, Y):
        """M, Xi^-1, Omega, nu after these rows, and the vector that the policy reads of them (docs/theory/linear-model.md)."""
        M0, xi0, omega0 = (self.get(f'acting/model/{head}.{name}') for name in ('M0', 'log_Xi0', 'log_Omega0'))
        (N, D), diagonal = Y.shape, head == 'transition' and self.config['model']['noise'] == 'diagonal'
        Xi0 = np.diag(np.exp(xi0[0]))
        S = np.linalg.inv(Xi0 + Phi.T @ Phi)
        M = S @ (Xi0 @ M0 + Phi.T @ Y)
        E, d, nu = Y - Phi @ M, M - M0, N + (3 if diagonal else D + 2)
        Omega = np.diag(float(self.config['model']['omega_floor']) + np.exp(omega0[0])) + E.T @ E + d.T @ Xi0 @ d
        columns = min(D, int(self.config['belief']['columns']))
        fold = np.zeros((D, columns))  # more targets than columns: hashed onto them with a sign each
        for t in range(D):
            bits = t // columns * 0x9e3779b9 * (2 * (t % columns) + 1) & 0xffffffff
            fold[t, t % columns] = 1 - 2 * (bin(bits).count('1') % 2)
        noise = 0.5 * np.log(np.diag(Omega) / nu) @ (abs(fold) / abs(fold).sum(axis=0))
        vector = np.concatenate([(np.sqrt(Xi0) @ d @ fold).ravel(), 0.5 * np.log(np.diag(S)), noise, [np.log1p(N)]])
        return M, S, np.diag(Omega) if diagonal else Omega, nu, vector

    def belief(self, rows, n):
        """After the first n rows."""
        return np.concatenate([self.posterior(h, rows[h][0][:n], rows[h][1][:n])[-1] for h in self.heads])

    def action(self, obs, belief, first, step):
        """The mode of the policy; first: 1 in the first state of a later episode of the trial, step: steps done in the trial."""
        s = self.normalise('obs', obs, 10)
        if self.file.attrs['trial_inputs']:
            s = np.append(s, [first, min(step / self.file.attrs['trial_steps'], 1)])
        b = self.normalise('belief', belief, 5) * (self.config['belief']['zero'] != 'true')
        e = self.net('agent/policy.embed', b, tanh)
        H = self.net('agent/policy.trunk', np.append(s, e), relu, relu, lambda x: x)
        return tanh(H[0, :H.shape[1] // 2])
