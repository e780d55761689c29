# SPDX-License-Identifier: GPL-3.0-or-later
#
# scikit-learn's side of the bench of EM for mixtures of Gaussians: M iterations from a given
# start, and nothing else timed.  fit() would run k-means first, whatever start it is given, so
# its loop stands here: _e_step and _m_step are all that it calls in an iteration.
#
#   gaussian.py FOLDER N D K M      (gaussian.c says what the files are)

import sys
import time

import numpy as np
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky

folder, (N, D, K, M) = sys.argv[1], map(int, sys.argv[2:])
x = np.fromfile(folder + "/data").reshape(N, D)
start = np.fromfile(folder + "/start")

g = GaussianMixture(K, reg_covar=0, tol=0)
g.weights_ = start[:K]
g.means_ = start[K : K + K * D].reshape(K, D)
g.covariances_ = start[K + K * D :].reshape(K, D, D)
g.precisions_cholesky_ = _compute_precision_cholesky(g.covariances_, "full")

begin = time.monotonic()
for _ in range(M):
    _, log_r = g._e_step(x)
    g._m_step(x, log_r)
seconds = (time.monotonic() - begin) / M

print("%.6f %.17g" % (seconds, g.score_samples(x).sum()))
np.concatenate([g.weights_, g.means_.ravel(), g.covariances_.ravel()]).tofile(folder + "/sklearn")
