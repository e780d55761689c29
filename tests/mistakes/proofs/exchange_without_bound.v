(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* Differentiable is not enough: the exchange without an integrable bound of the derivative. *)
From Latent Require Import calculus gaussian exchange.

Theorem right F F' I C phi0 r :
  0 < r -> (forall phi, near phi0 r phi -> is_integral (F phi) (I phi)) ->
  (forall e, continuity_2d_pt F' phi0 e) -> differentiable F F' phi0 r ->
  (forall phi e, near phi0 r phi -> Rabs (F' phi e) <= C e) -> (exists K, is_integral C K) ->
  exists J, is_integral (F' phi0) J /\ is_derive I phi0 J.
Proof.
  intros Hr HI Hc HD. intros. apply (exchange F F' I C phi0 r HD).
  repeat (split; [assumption |]).
  assumption.
Qed.

Theorem wrong F F' I (C : R -> R) phi0 r :
  0 < r -> (forall phi, near phi0 r phi -> is_integral (F phi) (I phi)) ->
  (forall e, continuity_2d_pt F' phi0 e) -> differentiable F F' phi0 r ->
  exists J, is_integral (F' phi0) J /\ is_derive I phi0 J.
Proof.
  intros Hr HI Hc HD. intros. apply (exchange F F' I C phi0 r HD).
  repeat (split; [assumption |]).
  assumption. (* fails here *)
Qed.
