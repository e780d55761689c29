(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* The gain of an EM iteration less the divergence. *)
From Latent Require Import sums gibbs em.

Theorem right {N K T} (ns : list N) (ks : list K) (p : T -> N -> K -> R) theta old :
  possible ns ks p theta -> possible ns ks p old -> keeps ns ks p theta old ->
  log_likelihood ns ks p theta - log_likelihood ns ks p old =
  Q ns ks p theta old - Q ns ks p old old +
  ∑ n ∈ ns, kl ks (resp ks p old n) (resp ks p theta n).
Proof.
  intros. rewrite (em_gain ns ks p theta old) by assumption.
  ring.
Qed.

Theorem wrong {N K T} (ns : list N) (ks : list K) (p : T -> N -> K -> R) theta old :
  possible ns ks p theta -> possible ns ks p old -> keeps ns ks p theta old ->
  log_likelihood ns ks p theta - log_likelihood ns ks p old =
  Q ns ks p theta old - Q ns ks p old old -
  ∑ n ∈ ns, kl ks (resp ks p old n) (resp ks p theta n).
Proof.
  intros. rewrite (em_gain ns ks p theta old) by assumption.
  ring. (* fails here *)
Qed.
