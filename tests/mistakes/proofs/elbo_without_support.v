(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* The decomposition for a q that visits states which cannot have made the datum: it then reads
   infinity minus infinity. *)
From Latent Require Import sums gibbs responsibilities elbo.

Theorem right {Z} (zs : list Z) prior lik q :
  model zs prior lik -> distribution zs q -> q << joint prior lik on zs ->
  ln (evidence zs prior lik) = elbo zs prior lik q + kl zs q (posterior zs prior lik).
Proof.
  intros Hm Hq. intros.
  assert (covered zs prior lik q) as Hc by (split;
    assumption).
  exact (elbo_decomposition zs prior lik q Hm Hc).
Qed.

Theorem wrong {Z} (zs : list Z) prior lik q :
  model zs prior lik -> distribution zs q ->
  ln (evidence zs prior lik) = elbo zs prior lik q + kl zs q (posterior zs prior lik).
Proof.
  intros Hm Hq. intros.
  assert (covered zs prior lik q) as Hc by (split;
    assumption). (* fails here *)
  exact (elbo_decomposition zs prior lik q Hm Hc).
Qed.
