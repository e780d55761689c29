# SPDX-License-Identifier: GPL-3.0-or-later
#
# PyTorch's side of the bench of the variational auto-encoder: E epochs from a given start, in a given
# order and with given noise.  Prints the seconds of an epoch and the bound of the test images.
#
#   vae.py FOLDER E THREADS FOREACH      (vae.c says what the files are)

import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

folder, (E, threads, foreach) = sys.argv[1], map(int, sys.argv[2:])
D, H, L, B = 784, 500, 2, 128
torch.set_num_threads(threads)


def images(name):
    return torch.from_numpy(np.fromfile(folder + "/" + name, np.uint8).reshape(-1, D)).float()


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(D, H)
        self.heads = nn.Linear(H, 2 * L)
        self.hidden = nn.Linear(L, H)
        self.decoder = nn.Linear(H, D)

    def forward(self, x, eps):
        mean, log_variance = self.heads(torch.tanh(self.encoder(x))).chunk(2, 1)
        z = mean + torch.exp(log_variance / 2) * eps
        a = self.decoder(torch.tanh(self.hidden(z)))
        reconstruction = -binary_cross_entropy_with_logits(a, x, reduction="sum")
        kl = (torch.exp(log_variance) + mean**2 - 1 - log_variance).sum() / 2
        return reconstruction - kl


# W1 b1 Wm bm Ws bs W2 b2 W3 b3, each matrix [inputs x outputs].
def load(v):
    theta = torch.from_numpy(np.fromfile(folder + "/start", np.float32))

    def take(*shape):
        nonlocal theta
        n = int(np.prod(shape))
        block, theta = theta[:n].reshape(shape), theta[n:]
        return block

    with torch.no_grad():
        v.encoder.weight.copy_(take(D, H).T)
        v.encoder.bias.copy_(take(H))
        for i in range(2):
            v.heads.weight[i * L : (i + 1) * L] = take(H, L).T
            v.heads.bias[i * L : (i + 1) * L] = take(L)
        v.hidden.weight.copy_(take(L, H).T)
        v.hidden.bias.copy_(take(H))
        v.decoder.weight.copy_(take(H, D).T)
        v.decoder.bias.copy_(take(D))


x, test = images("train"), images("test")
N = len(x)
order = torch.from_numpy(np.fromfile(folder + "/order", np.uint32).astype(np.int64)).reshape(-1, N)
noise = torch.from_numpy(np.fromfile(folder + "/noise", np.float32)).reshape(-1, N, L)
v = Vae()
load(v)
adam = torch.optim.Adam(v.parameters(), 1e-3, foreach=bool(foreach))

begin = time.monotonic()
for epoch in range(E):
    for n in range(0, N, B):
        batch = x[order[epoch, n : n + B]]
        loss = -v(batch, noise[epoch, n : n + B]) / len(batch)
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
seconds = (time.monotonic() - begin) / E

with torch.no_grad():
    bound = v(test, torch.from_numpy(np.fromfile(folder + "/test-noise", np.float32)).reshape(-1, L))
print("%.6f %.9g" % (seconds, bound / len(test)))
