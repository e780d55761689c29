(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* The first form with plus the divergence: the extra minus of mhw32/multimodal-vae-public#4. *)
From Latent Require Import sums gibbs responsibilities elbo.

Theorem right {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  elbo zs prior lik q = ∑ z ∈ zs, (q z * ln (lik z)) - kl zs q prior.
Proof.
  intros Hm Hq. rewrite elbo_product, kl_split;
    try assumption; try apply Hq; try apply Hm; try now apply (q_prior zs prior lik).
  unfold entropy. rewrite (sum_ext zs (fun z => q z * (ln (q z) - ln (prior z)))
    (fun z => q z * ln (q z) - q z * ln (prior z))) by (intros; ring).
  rewrite sum_minus.
  ring.
Qed.

Theorem wrong {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  elbo zs prior lik q = ∑ z ∈ zs, (q z * ln (lik z)) + kl zs q prior.
Proof.
  intros Hm Hq. rewrite elbo_product, kl_split;
    try assumption; try apply Hq; try apply Hm; try now apply (q_prior zs prior lik).
  unfold entropy. rewrite (sum_ext zs (fun z => q z * (ln (q z) - ln (prior z)))
    (fun z => q z * ln (q z) - q z * ln (prior z))) by (intros; ring).
  rewrite sum_minus.
  ring. (* fails here *)
Qed.
