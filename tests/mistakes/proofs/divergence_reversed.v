(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* The gap with forward and reverse divergence exchanged: probml/pml-book#11. *)
From Latent Require Import sums gibbs responsibilities elbo.

Theorem right {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  ln (evidence zs prior lik) = elbo zs prior lik q + kl zs q (posterior zs prior lik).
Proof.
  intros Hm Hq. rewrite (elbo_decomposition zs prior lik q) by assumption.
  reflexivity.
Qed.

Theorem wrong {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  ln (evidence zs prior lik) = elbo zs prior lik q + kl zs (posterior zs prior lik) q.
Proof.
  intros Hm Hq. rewrite (elbo_decomposition zs prior lik q) by assumption.
  reflexivity. (* fails here *)
Qed.
