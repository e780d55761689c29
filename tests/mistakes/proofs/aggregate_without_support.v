(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* The split of the average divergence for a prior that leaves out what an encoder visits. *)
From Latent Require Import sums gibbs auto_encoder.

Theorem right {N Z} (ns : list N) (zs : list Z) q p :
  ns <> [] -> (forall n, In n ns -> distribution zs (q n)) -> nonneg zs p ->
  (forall n, In n ns -> q n << p on zs) ->
  average ns (fun n => kl zs (q n) p) =
  average ns (fun n => kl zs (q n) (aggregate ns q)) + kl zs (aggregate ns q) p.
Proof.
  intros Hs Hq Hp. intros.
  apply agg_split;
    assumption.
Qed.

Theorem wrong {N Z} (ns : list N) (zs : list Z) q p :
  ns <> [] -> (forall n, In n ns -> distribution zs (q n)) -> nonneg zs p ->
  average ns (fun n => kl zs (q n) p) =
  average ns (fun n => kl zs (q n) (aggregate ns q)) + kl zs (aggregate ns q) p.
Proof.
  intros Hs Hq Hp. intros.
  apply agg_split;
    assumption. (* fails here *)
Qed.
