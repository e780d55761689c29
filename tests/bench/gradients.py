# SPDX-License-Identifier: GPL-3.0-or-later
#
# NumPy's side of the bench of gradient estimators: the same terms from its own generators, SFC64,
# its fastest, one for each of two threads.  Its functions release the interpreter's lock, and
# blocks of 16384 numbers stay in the cache, in arrays that are made once: several times as fast
# as whole arrays of ten million.
#
#   gradients.py FAMILY SHAPE S SEED      (gradients.c says what they are)

import sys
import threading
import time

import numpy as np

family, shape, S, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
THREADS, BLOCK = 2, 16384
a, b = 0.3, 0.8
sums = np.zeros((THREADS, 4))


def work(k, samples):
    rng = np.random.Generator(np.random.SFC64([seed, k]))
    eps, z, f, s, t = (np.empty(BLOCK) for _ in range(5))
    own = np.zeros(4)
    for first in range(0, samples, BLOCK):
        n = min(BLOCK, samples - first)
        if n < BLOCK:
            eps, z, f, s, t = (v[:n] for v in (eps, z, f, s, t))
        if family == "gaussian":
            rng.standard_normal(out=eps)
            np.multiply(eps, b, out=z)
            z += a
            np.multiply(eps, 1 / b, out=s)
        else:  # exponential with mean a
            rng.standard_exponential(out=eps)
            np.multiply(eps, a, out=z)
            np.subtract(eps, 1, out=s)
            s *= 1 / a
        if shape == 0:
            np.multiply(z, z, out=f)
            np.multiply(z, 2, out=t)
        else:
            np.sin(z, out=f)
            np.cos(z, out=t)
        if family != "gaussian":
            t *= eps
        f *= s
        own += t.sum(), t @ t, f.sum(), f @ f
    sums[k] = own


def run(samples):
    threads = [threading.Thread(target=work, args=(k, samples // THREADS)) for k in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


run(100000)
begin = time.monotonic()
run(S)
seconds = time.monotonic() - begin
t, tt, f, ff = sums.sum(0) / S
print("%.6f %.17g %.17g %.17g %.17g" % (seconds, t, ((tt - t * t) / S) ** 0.5, f, ((ff - f * f) / S) ** 0.5))
