(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* A baseline that depends on the outcome, as the batch mean does on its own sample. *)
From Latent Require Import sums gradients.

Theorem right {A} (ks : list A) q s t f (b : R) :
  (forall u, positive ks (q u)) -> (forall u, distribution ks (q u)) -> is_score ks q s t ->
  derivable_pt_lim (fun u => ∑ k ∈ ks, (q u k * f k)) t (∑ k ∈ ks, (q t k * ((f k - b) * s k))).
Proof.
  intros Hp Hd Hs.
  rewrite (sum_ext ks _ (fun k => q t k * (f k * s k) - b * (q t k * s k))) by (intros; ring).
  rewrite sum_minus, sum_factor, (score_zero ks q s t), Rmult_0_r, Rminus_0_r by assumption.
  now apply score_estimator.
Qed.

Theorem wrong {A} (ks : list A) q s t f (b : A -> R) :
  (forall u, positive ks (q u)) -> (forall u, distribution ks (q u)) -> is_score ks q s t ->
  derivable_pt_lim (fun u => ∑ k ∈ ks, (q u k * f k)) t (∑ k ∈ ks, (q t k * ((f k - b k) * s k))).
Proof.
  intros Hp Hd Hs.
  rewrite (sum_ext ks _ (fun k => q t k * (f k * s k) - b k * (q t k * s k))) by (intros; ring).
  rewrite sum_minus, sum_factor, (score_zero ks q s t), Rmult_0_r, Rminus_0_r by assumption. (* fails here *)
  now apply score_estimator.
Qed.
