(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * Finite sums and finite distributions

    A finite set is a list [l]; a function on it is any function of its elements. The sum of
    [f k] over the elements [k] of [l] is written [∑ k ∈ l, f k]. An element that stands twice
    in the list is counted twice, in every sum alike. *)

From Coq Require Export Reals List Lra.
Export ListNotations.
#[export] Unset Nra Cache.
Open Scope R_scope.

Fixpoint sum {A : Type} (l : list A) (f : A -> R) : R :=
  match l with
  | [] => 0
  | k :: rest => f k + sum rest f
  end.

Notation "'∑' k '∈' l , e" := (sum l (fun k => e))
  (at level 35, k name, l at level 10, e at level 35, right associativity, format "∑  k  ∈  l ,  e").

Section Sums.
  Context {A : Type}.
  Implicit Types (l : list A) (f g : A -> R).

  Lemma sum_ext l f g : (forall k, In k l -> f k = g k) -> ∑ k ∈ l, f k = ∑ k ∈ l, g k.
  Proof.
    induction l as [| k l IH]; simpl; intros H; [reflexivity |].
    rewrite (H k), IH; auto.
  Qed.

  Lemma sum_zero l : ∑ k ∈ l, 0 = 0.
  Proof. induction l; simpl; lra. Qed.

  Lemma sum_plus l f g : ∑ k ∈ l, (f k + g k) = ∑ k ∈ l, f k + ∑ k ∈ l, g k.
  Proof. induction l; simpl; lra. Qed.

  Lemma sum_minus l f g : ∑ k ∈ l, (f k - g k) = ∑ k ∈ l, f k - ∑ k ∈ l, g k.
  Proof. induction l; simpl; lra. Qed.

  Lemma sum_opp l f : ∑ k ∈ l, (- f k) = - ∑ k ∈ l, f k.
  Proof. induction l; simpl; lra. Qed.

  (** A factor may be taken out of a sum. *)
  Lemma sum_factor l c f : ∑ k ∈ l, (c * f k) = c * ∑ k ∈ l, f k.
  Proof. induction l; simpl; [ring | rewrite IHl; ring]. Qed.

  Lemma sum_factor_r l c f : ∑ k ∈ l, (f k * c) = (∑ k ∈ l, f k) * c.
  Proof. induction l; simpl; [ring | rewrite IHl; ring]. Qed.

  Lemma sum_quotient l c f : ∑ k ∈ l, (f k / c) = (∑ k ∈ l, f k) / c.
  Proof. apply sum_factor_r. Qed.

  Lemma sum_const l c : ∑ k ∈ l, c = INR (length l) * c.
  Proof.
    induction l; [simpl; ring |].
    cbn [sum length]. rewrite IHl, S_INR. ring.
  Qed.

  Lemma sum_le l f g : (forall k, In k l -> f k <= g k) -> ∑ k ∈ l, f k <= ∑ k ∈ l, g k.
  Proof.
    induction l as [| k l IH]; simpl; intros H; [lra |].
    apply Rplus_le_compat; auto.
  Qed.

  Lemma sum_nonneg l f : (forall k, In k l -> 0 <= f k) -> 0 <= ∑ k ∈ l, f k.
  Proof. intros H. rewrite <- (sum_zero l). now apply sum_le. Qed.

  (** One term is at most the sum, where no term is negative. *)
  Lemma sum_term l f k : (forall j, In j l -> 0 <= f j) -> In k l -> f k <= ∑ j ∈ l, f j.
  Proof.
    induction l as [| i l IH]; simpl; intros H Hin; [tauto | destruct Hin as [-> | Hk]].
    - pose proof (sum_nonneg l f (fun j Hj => H j (or_intror Hj))). lra.
    - pose proof (IH (fun j Hj => H j (or_intror Hj)) Hk).
      pose proof (H i (or_introl eq_refl)). lra.
  Qed.

  (** A sum of terms that are not negative is positive, if one term is ... *)
  Lemma sum_pos l f k :
    (forall j, In j l -> 0 <= f j) -> In k l -> 0 < f k -> 0 < ∑ j ∈ l, f j.
  Proof. intros H Hk Hf. pose proof (sum_term l f k H Hk). lra. Qed.

  (** ... and zero only if all terms are zero. *)
  Lemma sum_nonneg_zero l f :
    (forall j, In j l -> 0 <= f j) -> ∑ j ∈ l, f j = 0 -> forall k, In k l -> f k = 0.
  Proof.
    intros H Hz k Hk. pose proof (sum_term l f k H Hk). pose proof (H k Hk). lra.
  Qed.

  (** If [f] is nowhere larger than [g] and the sums are equal, so are all terms. *)
  Lemma sum_le_eq l f g :
    (forall k, In k l -> f k <= g k) -> ∑ k ∈ l, f k = ∑ k ∈ l, g k ->
    forall k, In k l -> f k = g k.
  Proof.
    intros H Heq k Hk.
    assert (g k - f k = 0); [| lra].
    apply (sum_nonneg_zero l (fun j => g j - f j)); [| | exact Hk].
    - intros j Hj. pose proof (H j Hj). lra.
    - rewrite sum_minus. lra.
  Qed.

End Sums.

(** The order of two finite sums does not matter. *)
Lemma sum_swap {A B : Type} (l : list A) (m : list B) (f : A -> B -> R) :
  ∑ i ∈ l, ∑ j ∈ m, f i j = ∑ j ∈ m, ∑ i ∈ l, f i j.
Proof.
  induction l as [| i l IH]; simpl.
  - now rewrite sum_zero.
  - now rewrite IH, sum_plus.
Qed.

(** * Distributions and supports *)

Section Distributions.
  Context {A : Type}.
  Implicit Types (l : list A) (p q f : A -> R).

  Definition nonneg l p := forall k, In k l -> 0 <= p k.
  Definition positive l p := forall k, In k l -> 0 < p k.

  (** [p] is a distribution on [l]: not negative, and it sums to one. *)
  Definition distribution l p := nonneg l p /\ ∑ k ∈ l, p k = 1.

  (** [q << p on l]: where [p] is zero, [q] is zero. One says that [q] is absolutely continuous
      with respect to [p]. *)
  Definition abs_continuous l q p := forall k, In k l -> p k = 0 -> q k = 0.

  (** [k] is a place in [l] where [f] is largest. *)
  Definition argmax l f k := In k l /\ forall j, In j l -> f j <= f k.

  Lemma positive_nonneg l p : positive l p -> nonneg l p.
  Proof. intros H k Hk. now apply Rlt_le, H. Qed.

  Lemma positive_abs_continuous l q p : positive l p -> abs_continuous l q p.
  Proof. intros H k Hk Hz. specialize (H k Hk). lra. Qed.

End Distributions.

Notation "q '<<' p 'on' l" := (abs_continuous l q p) (at level 70, p at level 60, l at level 10).

(** [x] is the one place in the set [P] where [f] is largest. [eq] says when two places are the same. *)
Definition unique_maximiser {X : Type} (P : X -> Prop) (f : X -> R) (same : X -> X -> Prop) (x : X) :=
  P x /\ forall y, P y -> f y <= f x /\ (f y = f x -> same y x).

(** * The logarithm

    In Coq [ln x] is a number for every [x], and [ln x = 0] for [x <= 0]. So [0 * ln 0 = 0] holds
    by itself. That [ln 0] is not minus infinity would be a trap: every theorem that takes the
    logarithm of something states the condition under which it is positive where it counts. *)

(** [ln t <= t - 1], with equality at [t = 1] only: the one inequality behind this book. *)
Lemma ln_le_minus_1 t : 0 < t -> ln t <= t - 1.
Proof.
  intros Ht. pose proof (exp_ineq1_le (ln t)) as H. rewrite exp_ln in H; lra.
Qed.

Lemma ln_eq_minus_1 t : 0 < t -> ln t = t - 1 -> t = 1.
Proof.
  intros Ht Heq. destruct (Req_dec (ln t) 0) as [Hz | Hnz]; [lra |].
  pose proof (exp_ineq1 (ln t) Hnz) as H. rewrite exp_ln in H; lra.
Qed.

Lemma ln_quotient x y : 0 < x -> 0 < y -> ln (x / y) = ln x - ln y.
Proof.
  intros Hx Hy. unfold Rdiv.
  rewrite ln_mult, ln_Rinv; [lra | assumption | assumption | now apply Rinv_0_lt_compat].
Qed.
