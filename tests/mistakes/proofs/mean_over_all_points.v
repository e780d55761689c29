(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* The M-step of the mean divides by the number of points N where N_k belongs. *)
From Latent Require Import sums gaussian_steps.

Theorem right {I D} (ns : list I) (ds : list D) r x P :
  symmetric ds P -> positive_definite ds P -> 0 < ∑ n ∈ ns, r n ->
  forall mu, mean_part ns ds r x P mu <=
    mean_part ns ds r x P (fun d => (∑ n ∈ ns, (r n * x n d)) / ∑ n ∈ ns, r n).
Proof.
  intros HP Hpd HN mu.
  apply (m_step_mean ns ds r x P HP Hpd HN); exact Logic.I.
Qed.

Theorem wrong {I D} (ns : list I) (ds : list D) r x P :
  symmetric ds P -> positive_definite ds P -> 0 < ∑ n ∈ ns, r n ->
  forall mu, mean_part ns ds r x P mu <=
    mean_part ns ds r x P (fun d => (∑ n ∈ ns, (r n * x n d)) / INR (length ns)).
Proof.
  intros HP Hpd HN mu.
  apply (m_step_mean ns ds r x P HP Hpd HN); exact Logic.I. (* fails here *)
Qed.
