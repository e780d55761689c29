(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* Weights that are the counts themselves: a maximiser must be a distribution. *)
From Latent Require Import sums gibbs mixture.

Theorem right {K} (ks : list K) (count : K -> R) :
  nonneg ks count -> 0 < total ks count ->
  weights ks count (fun k => count k / total ks count).
Proof.
  intros Hc Ht.
  exact (proj1 (m_step_weight ks count Hc Ht)).
Qed.

Theorem wrong {K} (ks : list K) (count : K -> R) :
  nonneg ks count -> 0 < total ks count ->
  weights ks count count.
Proof.
  intros Hc Ht.
  exact (proj1 (m_step_weight ks count Hc Ht)). (* fails here *)
Qed.
