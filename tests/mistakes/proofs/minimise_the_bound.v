(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* "Minimise" the bound: probml/pml2-book#58.  The posterior is where it is largest. *)
From Latent Require Import sums gibbs responsibilities elbo.

Theorem right {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  elbo zs prior lik q <= elbo zs prior lik (posterior zs prior lik).
Proof.
  intros Hm Hq. rewrite elbo_tight by assumption.
  pose proof (elbo_bound zs prior lik q Hm Hq).
  lra.
Qed.

Theorem wrong {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  elbo zs prior lik q >= elbo zs prior lik (posterior zs prior lik).
Proof.
  intros Hm Hq. rewrite elbo_tight by assumption.
  pose proof (elbo_bound zs prior lik q Hm Hq).
  lra. (* fails here *)
Qed.
