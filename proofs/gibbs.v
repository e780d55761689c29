(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * Gibbs' inequality

    The Kullback-Leibler divergence from [q] to [p] is never negative, and zero only if the two are
    equal. Zeros are allowed in both, if [p] has none where [q] has not. *)

From Latent Require Import sums.

Definition kl {A} (l : list A) (q p : A -> R) := ∑ k ∈ l, (q k * ln (q k / p k)).
Definition entropy {A} (l : list A) (q : A -> R) := - ∑ k ∈ l, (q k * ln (q k)).

(** One term of a divergence is at least the difference of the two probabilities. *)
Lemma kl_term a b : 0 <= a -> 0 <= b -> (b = 0 -> a = 0) -> a - b <= a * ln (a / b).
Proof.
  intros Ha Hb Hab. destruct (Req_dec a 0) as [-> | Hnz]; [lra |].
  assert (0 < a) as Hpa by lra. assert (0 < b) as Hpb by (destruct (Req_dec b 0); [tauto | lra]).
  assert (0 < b / a) as Hba by now apply Rdiv_lt_0_compat.
  pose proof (ln_le_minus_1 (b / a) Hba) as H.
  rewrite ln_quotient in * by assumption.
  assert (a * (ln b - ln a) <= a * (b / a - 1)) as H' by (apply Rmult_le_compat_l; lra).
  replace (a * (b / a - 1)) with (b - a) in H' by (field; lra). lra.
Qed.

Lemma kl_term_eq a b :
  0 <= a -> 0 <= b -> (b = 0 -> a = 0) -> a * ln (a / b) = a - b -> a = b.
Proof.
  intros Ha Hb Hab Heq. destruct (Req_dec a 0) as [-> | Hnz]; [lra |].
  assert (0 < a) as Hpa by lra. assert (0 < b) as Hpb by (destruct (Req_dec b 0); [tauto | lra]).
  assert (0 < b / a) as Hba by now apply Rdiv_lt_0_compat.
  assert (b / a = 1) as H1.
  { apply ln_eq_minus_1; [assumption |]. apply (Rmult_eq_reg_l a); [| lra].
    rewrite ln_quotient in * by assumption.
    replace (a * (b / a - 1)) with (b - a) by (field; lra). lra. }
  replace b with (b / a * a) by (field; lra). rewrite H1. ring.
Qed.

Section Gibbs.
  Context {A : Type}.
  Implicit Types (l : list A) (p q : A -> R).

  (** The form that carries all the others: two functions that are not negative, of any sums. *)
  Lemma gibbs_sums l q p :
    nonneg l q -> nonneg l p -> q << p on l -> ∑ k ∈ l, q k - ∑ k ∈ l, p k <= kl l q p.
  Proof.
    intros Hq Hp Hqp. rewrite <- sum_minus. apply sum_le.
    intros k Hk. apply kl_term; auto.
  Qed.

  Lemma gibbs_sums_eq l q p :
    nonneg l q -> nonneg l p -> q << p on l -> kl l q p = ∑ k ∈ l, q k - ∑ k ∈ l, p k ->
    forall k, In k l -> q k = p k.
  Proof.
    intros Hq Hp Hqp Heq k Hk. apply kl_term_eq; auto. symmetry.
    apply (sum_le_eq l (fun j => q j - p j) (fun j => q j * ln (q j / p j))); [| | exact Hk].
    - intros j Hj. apply kl_term; auto.
    - rewrite sum_minus. now symmetry.
  Qed.

  Lemma kl_self l p : nonneg l p -> kl l p p = 0.
  Proof.
    intros Hp. rewrite <- (sum_zero l). apply sum_ext. intros k Hk.
    destruct (Req_dec (p k) 0) as [-> | Hnz]; [ring |].
    replace (p k / p k) with 1 by now field. rewrite ln_1. ring.
  Qed.

  Lemma kl_ext l q q' p p' :
    (forall k, In k l -> q k = q' k) -> (forall k, In k l -> p k = p' k) -> kl l q p = kl l q' p'.
  Proof. intros Hq Hp. apply sum_ext. intros k Hk. now rewrite Hq, Hp. Qed.

  (** Where the logarithm of the ratio may be split. *)
  Lemma kl_split l q p :
    nonneg l q -> nonneg l p -> q << p on l -> kl l q p = ∑ k ∈ l, (q k * (ln (q k) - ln (p k))).
  Proof.
    intros Hq Hp Hqp. apply sum_ext. intros k Hk.
    destruct (Req_dec (q k) 0) as [-> | Hnz]; [ring |].
    rewrite ln_quotient; [reflexivity | |].
    - specialize (Hq k Hk). lra.
    - specialize (Hp k Hk). destruct (Req_dec (p k) 0) as [Hz | ?]; [| lra].
      now apply (Hqp k Hk) in Hz.
  Qed.

End Gibbs.

Theorem gibbs {A} (l : list A) q p :
  distribution l q -> distribution l p -> q << p on l -> 0 <= kl l q p.
Proof.
  intros [Hq Sq] [Hp Sp] H. pose proof (gibbs_sums l q p Hq Hp H). lra.
Qed.

Theorem gibbs_equality {A} (l : list A) q p :
  distribution l q -> distribution l p -> q << p on l ->
  (kl l q p = 0 <-> forall k, In k l -> q k = p k).
Proof.
  intros [Hq Sq] [Hp Sp] H. split.
  - intros Hz. apply gibbs_sums_eq; auto. lra.
  - intros Heq. rewrite (kl_ext l q p p p) by auto. now apply kl_self.
Qed.

(** ** Instances: a fair coin beside one that always shows heads, and beside one with 1/4 *)

Definition coin := [true; false].
Definition heads (t : R) (k : bool) := if k then t else 1 - t.

Lemma coin_distribution t : 0 <= t <= 1 -> distribution coin (heads t).
Proof. intros Ht. split; [intros [] _; simpl; lra | simpl; ring]. Qed.

Lemma coin_abs_continuous s t : 0 < t < 1 -> heads s << heads t on coin.
Proof. intros Ht [] _; simpl; lra. Qed.

(** [q] may be zero: the coin that always shows heads. *)
Example gibbs_instance : 0 <= kl coin (heads 1) (heads (1 / 2)).
Proof. apply gibbs; [apply coin_distribution | apply coin_distribution | apply coin_abs_continuous]; lra. Qed.

Example gibbs_equality_instance : kl coin (heads (1 / 2)) (heads (1 / 4)) <> 0.
Proof.
  rewrite gibbs_equality by (try apply coin_distribution; try apply coin_abs_continuous; lra).
  intros H. specialize (H true (or_introl eq_refl)). simpl in H. lra.
Qed.
