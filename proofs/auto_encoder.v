(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * The average divergence of an auto-encoder (chapter 6)

    Data [n] in a list [ns], each with a distribution [q n] of the latent, here on a list [zs] of
    states. [p] is the prior. Their average is the aggregate. *)

From Latent Require Import sums gibbs responsibilities.

Section Aggregate.
  Context {N Z : Type}.
  Variables (ns : list N) (zs : list Z) (q : N -> Z -> R) (p : Z -> R).

  Definition average (f : N -> R) := (∑ n ∈ ns, f n) / INR (length ns).
  Definition aggregate z := average (fun n => q n z).

  (** The mutual information of the datum's number (each as probable as any other) and its latent:
      the divergence of their joint distribution from the product of the two alone. *)
  Definition mutual_information :=
    ∑ n ∈ ns, ∑ z ∈ zs,
      (q n z / INR (length ns) *
       ln (q n z / INR (length ns) / (/ INR (length ns) * aggregate z))).

  Hypothesis some : ns <> [].
  Hypothesis Hq : forall n, In n ns -> distribution zs (q n).

  Lemma n_positive : 0 < INR (length ns).
  Proof. exact (count_positive ns some). Qed.

  Lemma aggregate_nonneg : nonneg zs aggregate.
  Proof.
    intros z Hz. apply Rmult_le_pos; [| apply Rlt_le, Rinv_0_lt_compat, n_positive].
    apply sum_nonneg. intros n Hn. now apply (Hq n Hn).
  Qed.

  Lemma aggregate_distribution : distribution zs aggregate.
  Proof.
    split; [exact aggregate_nonneg |]. pose proof n_positive.
    unfold aggregate, average. rewrite sum_quotient, sum_swap.
    rewrite (sum_ext ns _ (fun _ => 1)) by (intros n Hn; now apply (Hq n Hn)).
    rewrite sum_const. field. lra.
  Qed.

  (** The aggregate covers each of its parts. *)
  Lemma part_of_aggregate n : In n ns -> q n << aggregate on zs.
  Proof.
    intros Hn z Hz Ha. pose proof n_positive.
    assert (∑ m ∈ ns, q m z = 0) as Hs.
    { unfold aggregate, average in Ha. apply (Rmult_eq_reg_r (/ INR (length ns))).
      - unfold Rdiv in Ha. rewrite Ha. ring.
      - apply Rgt_not_eq, Rinv_0_lt_compat. assumption. }
    apply (sum_nonneg_zero ns (fun m => q m z)); [| exact Hs | exact Hn].
    intros m Hm. now apply (Hq m Hm).
  Qed.

  (** The mutual information is the average divergence from the aggregate. *)
  Lemma information_as_average :
    mutual_information = average (fun n => kl zs (q n) aggregate).
  Proof.
    pose proof n_positive. unfold mutual_information, average, kl.
    rewrite <- sum_quotient. apply sum_ext. intros n Hn.
    rewrite <- sum_quotient. apply sum_ext. intros z Hz.
    destruct (Req_dec (aggregate z) 0) as [Ha | Ha].
    - rewrite (part_of_aggregate n Hn z Hz Ha). unfold Rdiv. ring.
    - replace (q n z / INR (length ns) / (/ INR (length ns) * aggregate z))
        with (q n z / aggregate z) by (field; lra). unfold Rdiv. ring.
  Qed.
End Aggregate.

(** The average divergence from the prior splits in two: how much the latent says about its datum,
    and how far the aggregate is from the prior. *)

(* claim: agg-split *)
Theorem agg_split {N Z} (ns : list N) (zs : list Z) q p :
  ns <> [] -> (forall n, In n ns -> distribution zs (q n)) -> nonneg zs p ->
  (forall n, In n ns -> q n << p on zs) ->
  average ns (fun n => kl zs (q n) p) =
  average ns (fun n => kl zs (q n) (aggregate ns q)) + kl zs (aggregate ns q) p.
Proof.
  intros Hs Hq Hp Hac. pose proof (n_positive ns Hs) as HN.
  assert (aggregate ns q << p on zs) as Hagg.
  { intros z Hz Hpz. unfold aggregate, average.
    rewrite (sum_ext ns _ (fun _ => 0)), sum_zero; [unfold Rdiv; ring |].
    intros n Hn. now apply (Hac n Hn). }
  pose proof (aggregate_nonneg ns zs q Hs Hq) as Hann.
  rewrite (kl_split zs (aggregate ns q) p) by assumption.
  assert (∑ z ∈ zs, (aggregate ns q z * (ln (aggregate ns q z) - ln (p z))) =
    average ns (fun n => ∑ z ∈ zs, (q n z * (ln (aggregate ns q z) - ln (p z))))) as E.
  { unfold aggregate at 1, average at 1, average. rewrite sum_swap, <- sum_quotient. apply sum_ext. intros z Hz.
    rewrite sum_factor_r. unfold Rdiv. ring. }
  rewrite E. unfold average. rewrite <- Rdiv_plus_distr, <- sum_plus. f_equal.
  apply sum_ext. intros n Hn.
  rewrite !kl_split; try assumption; try apply (Hq n Hn); try now apply Hac.
  - rewrite <- sum_plus. apply sum_ext. intros. ring.
  - now apply (part_of_aggregate ns zs q Hs Hq).
Qed.

(** The first part is the mutual information by its definition. *)
Theorem agg_mutual_information {N Z} (ns : list N) (zs : list Z) q :
  ns <> [] -> (forall n, In n ns -> distribution zs (q n)) ->
  mutual_information ns zs q = average ns (fun n => kl zs (q n) (aggregate ns q)).
Proof. exact (information_as_average ns zs q). Qed.

(** It is not negative, and at most the logarithm of the number of data. *)
(* claim: agg-information; scope: finite latents *)
Theorem agg_information {N Z} (ns : list N) (zs : list Z) q :
  ns <> [] -> (forall n, In n ns -> distribution zs (q n)) ->
  0 <= average ns (fun n => kl zs (q n) (aggregate ns q)) <= ln (INR (length ns)).
Proof.
  intros Hs Hq. pose proof (n_positive ns Hs) as HN. unfold average. split.
  - apply Rmult_le_pos; [| now apply Rlt_le, Rinv_0_lt_compat].
    apply sum_nonneg. intros n Hn.
    apply gibbs; [now apply Hq | now apply aggregate_distribution | now apply (part_of_aggregate ns zs q Hs Hq)].
  - apply (Rmult_le_reg_r (INR (length ns))); [assumption |].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r, (Rmult_comm (ln _)), <- sum_const by lra.
    apply sum_le. intros n Hn. destruct (Hq n Hn) as [Hqn Sq].
    rewrite <- (Rmult_1_l (ln (INR (length ns)))), <- Sq, <- sum_factor_r.
    apply sum_le. intros z Hz. specialize (Hqn z Hz).
    destruct (Req_dec (q n z) 0) as [-> | Hnz]; [lra |].
    apply Rmult_le_compat_l; [assumption |].
    assert (q n z / INR (length ns) <= aggregate ns q z) as Hagg.
    { apply Rmult_le_compat_r; [now apply Rlt_le, Rinv_0_lt_compat |].
      apply (sum_term ns (fun m => q m z)); [| assumption]. intros m Hm. now apply (Hq m Hm). }
    assert (0 < q n z / INR (length ns)) by (apply Rdiv_lt_0_compat; lra).
    assert (q n z / aggregate ns q z <= INR (length ns)) as Hle.
    { apply (Rmult_le_reg_r (aggregate ns q z / INR (length ns))).
      - apply Rdiv_lt_0_compat; lra.
      - replace (q n z / aggregate ns q z * (aggregate ns q z / INR (length ns)))
          with (q n z / INR (length ns)) by (field; lra).
        replace (INR (length ns) * (aggregate ns q z / INR (length ns))) with (aggregate ns q z) by (field; lra).
        assumption. }
    destruct Hle as [Hlt | ->]; [left | now right].
    apply ln_increasing; [apply Rdiv_lt_0_compat; lra | assumption].
Qed.

(** ** Instances: two data, one with a latent that is certain, and a prior that is a fair coin *)

Definition two := [true; false].
Definition encoded (n : bool) := heads (if n then 1 else 1 / 3).

Lemma encoded_distribution n : In n two -> distribution coin (encoded n).
Proof. intros _. apply coin_distribution. destruct n; lra. Qed.

Example agg_split_instance :
  average two (fun n => kl coin (encoded n) (heads (1 / 2))) =
  average two (fun n => kl coin (encoded n) (aggregate two encoded)) +
  kl coin (aggregate two encoded) (heads (1 / 2)).
Proof.
  apply agg_split; [easy | exact encoded_distribution | intros [] _; simpl; lra |].
  intros n _. apply coin_abs_continuous. lra.
Qed.

Example agg_mutual_information_instance :
  mutual_information two coin encoded = average two (fun n => kl coin (encoded n) (aggregate two encoded)).
Proof. apply agg_mutual_information; [easy | exact encoded_distribution]. Qed.

Example agg_information_instance :
  0 <= average two (fun n => kl coin (encoded n) (aggregate two encoded)) <= ln (INR 2).
Proof. apply (agg_information two coin encoded); [easy | exact encoded_distribution]. Qed.
