(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* Forgets ln K: the prior cancels in the responsibilities, not in the evidence. *)
From Latent Require Import sums responsibilities.

Theorem right {A} (ks : list A) (l : A -> R) :
  ks <> [] ->
  ln (evidence ks (uniform ks) (fun k => exp (l k))) = lse ks l - ln (INR (length ks)).
Proof.
  intros H. rewrite evidence_uniform. pose proof (count_positive ks H).
  rewrite ln_mult, ln_Rinv; try apply (exp_sum_positive ks H l); try assumption; try now apply Rinv_0_lt_compat.
  unfold lse.
  ring.
Qed.

Theorem wrong {A} (ks : list A) (l : A -> R) :
  ks <> [] ->
  ln (evidence ks (uniform ks) (fun k => exp (l k))) = lse ks l.
Proof.
  intros H. rewrite evidence_uniform. pose proof (count_positive ks H).
  rewrite ln_mult, ln_Rinv; try apply (exp_sum_positive ks H l); try assumption; try now apply Rinv_0_lt_compat.
  unfold lse.
  ring. (* fails here *)
Qed.
