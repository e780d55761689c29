(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* Gibbs' inequality without the condition that p is not zero where q is not. *)
From Latent Require Import sums gibbs.

Theorem right {A} (l : list A) q p :
  distribution l q -> distribution l p -> q << p on l -> 0 <= kl l q p.
Proof.
  intros [Hq Sq] [Hp Sp]. intros.
  assert (forall k, In k l -> q k - p k <= q k * ln (q k / p k)) as Hle.
  { intros k Hk. apply kl_term; auto.
  }
  apply sum_le in Hle. rewrite sum_minus in Hle. unfold kl. lra.
Qed.

Theorem wrong {A} (l : list A) q p :
  distribution l q -> distribution l p -> 0 <= kl l q p.
Proof.
  intros [Hq Sq] [Hp Sp]. intros.
  assert (forall k, In k l -> q k - p k <= q k * ln (q k / p k)) as Hle.
  { intros k Hk. apply kl_term; auto.
  } (* fails here *)
  apply sum_le in Hle. rewrite sum_minus in Hle. unfold kl. lra.
Qed.
