(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* The variance that divides by n - 1 (gsl_ran_multivariate_gaussian_vcov) is not the maximiser. *)
From Latent Require Import sums gaussian_steps.

Theorem right {I} (ns : list I) (r x : I -> R) (mu : R) :
  let N := ∑ n ∈ ns, r n in
  let S := (∑ n ∈ ns, (r n * (x n - mu) ^ 2)) / N in
  1 < N -> 0 < S ->
  forall v, 0 < v -> ∑ n ∈ ns, (r n * (- / 2 * (ln v + (x n - mu) ^ 2 / v))) <=
    ∑ n ∈ ns, (r n * (- / 2 * (ln S + (x n - mu) ^ 2 / S))).
Proof.
  intros N S HN HS v Hv. assert (0 < N) as H0 by lra.
  apply (m_step_variance ns r x mu H0); assumption.
Qed.

Theorem wrong {I} (ns : list I) (r x : I -> R) (mu : R) :
  let N := ∑ n ∈ ns, r n in
  let S := (∑ n ∈ ns, (r n * (x n - mu) ^ 2)) / (N - 1) in
  1 < N -> 0 < S ->
  forall v, 0 < v -> ∑ n ∈ ns, (r n * (- / 2 * (ln v + (x n - mu) ^ 2 / v))) <=
    ∑ n ∈ ns, (r n * (- / 2 * (ln S + (x n - mu) ^ 2 / S))).
Proof.
  intros N S HN HS v Hv. assert (0 < N) as H0 by lra.
  apply (m_step_variance ns r x mu H0); assumption. (* fails here *)
Qed.
