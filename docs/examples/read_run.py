"""What a checkpoint of glibrl makes of a trial: features, exact posterior, belief and greedy action. NumPy and h5py alone."""
import configparser
import sys

import h5py
import numpy as np

P = [1.3184369e-8, 2.0471991e-5, 3.4865944e-3, 0.1337321, 0.9999999]
Q = [7.7027387e-7, 3.2714038e-4, 2.584203e-2, 0.46706507, 1]


def tanh(x):  # as the networks of glibrl have it, within 4e-7 of numpy.tanh
    x = np.clip(x, -9, 9)
    return np.clip(x * np.polyval(P, x * x) / np.polyval(Q, x * x), -1, 1)


def relu(x):
    return np.maximum(x, 0)


class Run:
    def __init__(self, checkpoint):
        self.file = h5py.File(checkpoint)
        config = configparser.ConfigParser()
        config.read_string(self.file.attrs['config'])
        self.model, self.shown = config['model'], config['belief']
        self.heads = [h for h in ('reward', 'transition') if f'learned/acting/model/{h}.M0' in self.file]
        shapes = [self.get(f'acting/model/{h}.M0').shape for h in self.heads]
        sizes = [(K, min(D, int(self.shown['columns']))) for K, D in shapes]
        self.means = np.concatenate([np.arange(K * C + K + C + 1) < K * C for K, C in sizes])   # in a belief

    def get(self, name):
        return self.file[f'learned/{name}'][:].astype(float)

    def net(self, name, x, *activations):
        for i, act in enumerate(activations):
            x = act(x @ self.get(f'{name}.{i}.W') + self.get(f'{name}.{i}.b'))
        return x

    def normalise(self, what, x, limit):
        return np.clip((x - self.get(f'acting/{what}_shift')) * self.get(f'acting/{what}_scale'), -limit, limit)

    def rows(self, trials, i):
        """Features (T x K) and targets (T x D) of each head, of trial i of a group: replay, or trials of glibrl eval --trials."""
        length = trials['length'][i]
        obs, a, r = (trials[name][i, :length.sum()].astype(float) for name in ('obs', 'action', 'reward'))
        after = np.roll(obs, -1, axis=0)
        after[np.cumsum(length) - 1] = trials['last_obs'][i]
        s, after = self.normalise('obs', obs, 10), self.normalise('obs', after, 10)
        changing = [int(target) for target in self.file.attrs['targets'].split()]
        X = {'reward': np.hstack([s, a, after]), 'transition': np.hstack([s, a])}
        Y = {'reward': r[:, None], 'transition': (after - s)[:, changing]}
        return {h: (np.hstack([self.net(f'acting/model/{h}.basis', X[h], tanh, tanh, tanh), np.ones((len(s), 1))]), Y[h])
                for h in self.heads}

    def prior(self, head):
        M0, log_Xi0, log_Omega0 = (self.get(f'acting/model/{head}.{name}') for name in ('M0', 'log_Xi0', 'log_Omega0'))
        shared = head == 'reward' or self.model['noise'] == 'full'
        return M0, np.diag(np.exp(log_Xi0[0])), np.diag(float(self.model['omega_floor']) + np.exp(log_Omega0[0])), \
            M0.shape[1] + 2 if shared else 3

    def posterior(self, head, Phi, Y):
        """M, Xi^-1, Omega, nu. With model.noise = diagonal only the diagonal of the transition head's Omega counts."""
        M0, Xi0, Omega0, nu0 = self.prior(head)
        S = np.linalg.inv(Xi0 + Phi.T @ Phi)
        M = S @ (Xi0 @ M0 + Phi.T @ Y)
        return M, S, Omega0 + (Y - Phi @ M).T @ (Y - Phi @ M) + (M - M0).T @ Xi0 @ (M - M0), nu0 + len(Y)

    def belief(self, rows, n):
        """After the first n rows: of each head the mean, variances, noise and number of rows."""
        parts = []
        for head, (Phi, Y) in rows.items():
            M0, Xi0, _, _ = self.prior(head)
            M, S, Omega, nu = self.posterior(head, Phi[:n], Y[:n])
            D, columns = M.shape[1], min(M.shape[1], int(self.shown['columns']))
            fold = np.zeros((D, columns))   # more targets than columns are hashed onto them, each with a sign
            for d in range(D):
                bits = d // columns * 0x9e3779b9 * (2 * (d % columns) + 1) & 0xffffffff
                fold[d, d % columns] = (-1) ** bin(bits).count('1')
            noise = 0.5 * np.log(np.diag(Omega) / nu) @ (abs(fold) / abs(fold).sum(axis=0))
            parts += [(np.sqrt(Xi0) @ (M - M0) @ fold).ravel(), 0.5 * np.log(np.diag(S)), noise, [np.log1p(n)]]
        return np.concatenate(parts)

    def action(self, obs, belief, first, step):
        """The mode of the policy. first: the state starts an episode that is not the trial's first; step: steps done in the trial."""
        s = self.normalise('obs', obs, 10)
        if self.file.attrs['trial_inputs']:
            s = np.append(s, [first, min(step / self.file.attrs['trial_steps'], 1)])
        b = self.normalise('belief', belief, 5)
        if self.shown['uncertainty'] == 'false':   # a control
            b = b * self.means
        if self.shown['zero'] == 'true':
            b = b * 0
        H = self.net('agent/policy.trunk', np.append(s, self.net('agent/policy.embed', b, tanh)), relu, relu, np.array)
        return tanh(H[0, :H.shape[1] // 2])


if __name__ == '__main__':
    run = Run(sys.argv[1])
    trials, i = run.file['replay'], int(sys.argv[2])
    rows, T = run.rows(trials, i), trials['length'][i].sum()
    for head in run.heads:
        M, S, Omega, nu = run.posterior(head, *rows[head])
        print(f'{head}: mean of {M.shape[0]} x {M.shape[1]} weights, their first {M[0, 0]:.6f}; noise {np.sqrt(np.diag(Omega) / nu)}')
    print(f'greedy action at the end: {run.action(trials["last_obs"][i][-1], run.belief(rows, T), 0, T)}')
