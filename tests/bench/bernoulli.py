# SPDX-License-Identifier: GPL-3.0-or-later
#
# NumPy's side of the bench of EM for mixtures of Bernoullis: M iterations from a given start, and
# nothing else timed.  Two products of matrices in single precision, by BLAS, and a log-sum-exp in
# place.  Responsibilities stand [K x N]: NumPy takes a maximum over the first index of such an
# array several times faster than over the last of an [N x K] one.  Exponents stop at -80, far below
# what a sum in single precision notices: numbers below the least normal one would follow, on which
# a product of matrices takes several times as long.
#
#   bernoulli.py FOLDER K M      (bernoulli.c says what the files are)

import sys
import time

import numpy as np

folder, (K, M) = sys.argv[1], map(int, sys.argv[2:])
start = np.fromfile(folder + "/start")
weight, mean = start[:K], start[K:].reshape(K, -1)
D = mean.shape[1]
x = np.fromfile(folder + "/data", np.uint8).reshape(-1, D).astype(np.float32)
N = len(x)


def e_step():
    logit = (np.log(mean) - np.log1p(-mean)).astype(np.float32)
    constant = (np.log(weight) + np.log1p(-mean).sum(1)).astype(np.float32)
    l = logit @ x.T
    l += constant[:, None]
    top = l.max(0)
    l -= top
    np.maximum(l, -80, out=l)
    np.exp(l, out=l)
    total = l.sum(0)
    l /= total
    return l, np.sum(top + np.log(total), dtype=np.float64)


begin = time.monotonic()
for _ in range(M):
    r, _ = e_step()
    count = r.sum(1, dtype=np.float64)
    mean = ((r @ x).astype(np.float64) + 0.5) / (count[:, None] + 1)
    weight = count / N
seconds = (time.monotonic() - begin) / M

print("%.6f %.17g" % (seconds, e_step()[1]))
np.concatenate([weight, mean.ravel()]).tofile(folder + "/numpy")
