(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * The three forms of the evidence lower bound (chapter 5)

    One datum, and a latent [z] in a list [zs] of states. [prior] and [lik] are the prior p(z) and
    the likelihood p(x | z); either may be zero. [q] is any distribution on [zs]; it may be zero, too.
    The one condition is that [q] is zero where the joint probability is: then no logarithm of zero
    counts. (Elsewhere the bound is minus infinity.) *)

From Latent Require Import sums responsibilities gibbs.

Section Elbo.
  Context {Z : Type}.
  Variables (zs : list Z) (prior lik q : Z -> R).

  Definition joint z := prior z * lik z.
  Definition posterior := responsibility zs prior lik.

  (** The third form is the definition. *)
  Definition elbo := ∑ z ∈ zs, (q z * (ln (joint z) - ln (q z))).
  Definition elbo_2 := ∑ z ∈ zs, (q z * ln (joint z)) + entropy zs q.
  Definition elbo_1 := ∑ z ∈ zs, (q z * ln (lik z)) - kl zs q prior.

  (** What is assumed of the model and of [q]. *)
  Definition model := nonneg zs prior /\ nonneg zs lik /\ 0 < evidence zs prior lik.
  Definition covered := distribution zs q /\ q << joint on zs.
End Elbo.

Section Facts.
  Context {Z : Type}.
  Variables (zs : list Z) (prior lik q : Z -> R).
  Hypothesis Hm : model zs prior lik.
  Hypothesis Hq : covered zs prior lik q.

  Lemma positive_where_q z :
    In z zs -> q z <> 0 -> 0 < q z /\ 0 < prior z /\ 0 < lik z /\ 0 < posterior zs prior lik z.
  Proof.
    destruct Hm as (Hp & Hl & He), Hq as [[Hn _] Hac]. intros Hz Hnz.
    specialize (Hp z Hz). specialize (Hl z Hz). specialize (Hn z Hz). specialize (Hac z Hz).
    unfold joint in Hac.
    assert (prior z <> 0) by (intros E; apply Hnz, Hac; rewrite E; ring).
    assert (lik z <> 0) by (intros E; apply Hnz, Hac; rewrite E; ring).
    repeat split; try lra. apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; lra | assumption].
  Qed.

  Lemma q_nonneg : nonneg zs q.
  Proof. apply Hq. Qed.

  Lemma posterior_distribution : distribution zs (posterior zs prior lik).
  Proof. destruct Hm as (Hp & Hl & He). now apply responsibility_distribution. Qed.

  Lemma q_posterior : q << posterior zs prior lik on zs.
  Proof.
    intros z Hz Hpost. destruct (Req_dec (q z) 0) as [| Hnz]; [assumption |].
    pose proof (positive_where_q z Hz Hnz). lra.
  Qed.

  Lemma q_prior : q << prior on zs.
  Proof.
    intros z Hz Hpr. destruct (Req_dec (q z) 0) as [| Hnz]; [assumption |].
    pose proof (positive_where_q z Hz Hnz). lra.
  Qed.
End Facts.

(** ** From one form to the next *)

(* claim: elbo-form-2 *)
Theorem elbo_form_2 {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  elbo zs prior lik q = ∑ z ∈ zs, (q z * ln (joint prior lik z)) + entropy zs q.
Proof.
  intros _ _. unfold elbo, entropy. rewrite <- sum_opp, <- sum_plus.
  apply sum_ext. intros z _. ring.
Qed.

(* claim: elbo-product *)
Theorem elbo_product {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  elbo zs prior lik q =
  ∑ z ∈ zs, (q z * ln (lik z)) + ∑ z ∈ zs, (q z * ln (prior z)) + entropy zs q.
Proof.
  intros Hm Hq. rewrite elbo_form_2, <- sum_plus by assumption. f_equal.
  apply sum_ext. intros z Hz. destruct (Req_dec (q z) 0) as [-> | Hnz]; [ring |].
  destruct (positive_where_q zs prior lik q Hm Hq z Hz Hnz) as (? & ? & ? & ?).
  unfold joint. rewrite ln_mult by assumption. ring.
Qed.

(* claim: elbo-form-1 *)
Theorem elbo_form_1 {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  elbo zs prior lik q = ∑ z ∈ zs, (q z * ln (lik z)) - kl zs q prior.
Proof.
  intros Hm Hq. rewrite elbo_product by assumption.
  rewrite kl_split; [| apply Hq | apply Hm | now apply (q_prior zs prior lik)].
  unfold entropy. rewrite (sum_ext zs (fun z => q z * (ln (q z) - ln (prior z)))
    (fun z => q z * ln (q z) - q z * ln (prior z))) by (intros; ring).
  rewrite sum_minus. ring.
Qed.

(* claim: elbo-agree *)
Theorem elbo_agree {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  elbo_1 zs prior lik q = elbo_2 zs prior lik q /\
  elbo_2 zs prior lik q = elbo zs prior lik q /\
  elbo_1 zs prior lik q = elbo zs prior lik q.
Proof.
  intros Hm Hq. unfold elbo_1, elbo_2.
  rewrite <- elbo_form_1, <- elbo_form_2 by assumption. auto.
Qed.

(** ** What the bound lacks *)

(* claim: elbo-decomposition *)
Theorem elbo_decomposition {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  ln (evidence zs prior lik) = elbo zs prior lik q + kl zs q (posterior zs prior lik).
Proof.
  intros Hm Hq. rewrite kl_split; [| apply Hq | now apply posterior_distribution | now apply q_posterior].
  unfold elbo. rewrite <- sum_plus.
  rewrite (sum_ext zs _ (fun z => q z * ln (evidence zs prior lik))).
  - rewrite sum_factor_r. destruct Hq as [[_ ->] _]. ring.
  - intros z Hz. destruct (Req_dec (q z) 0) as [-> | Hnz]; [ring |].
    destruct (positive_where_q zs prior lik q Hm Hq z Hz Hnz) as (? & ? & ? & ?).
    unfold posterior, responsibility, joint.
    rewrite ln_quotient; [ring | now apply Rmult_lt_0_compat | apply Hm].
Qed.

(* claim: elbo-bound *)
Theorem elbo_bound {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  elbo zs prior lik q <= ln (evidence zs prior lik).
Proof.
  intros Hm Hq. rewrite (elbo_decomposition zs prior lik q) by assumption.
  assert (0 <= kl zs q (posterior zs prior lik)); [| lra].
  apply gibbs; [apply Hq | now apply posterior_distribution | now apply q_posterior].
Qed.

(** The posterior itself is always covered by the model. *)
Lemma posterior_covered {Z} (zs : list Z) prior lik :
  model zs prior lik -> covered zs prior lik (posterior zs prior lik).
Proof.
  intros Hm. split; [now apply posterior_distribution |].
  intros z _ Hj. unfold posterior, responsibility. fold (joint prior lik z). rewrite Hj.
  unfold Rdiv. ring.
Qed.

(* claim: elbo-tight *)
Theorem elbo_tight {Z} (zs : list Z) prior lik :
  model zs prior lik ->
  elbo zs prior lik (posterior zs prior lik) = ln (evidence zs prior lik).
Proof.
  intros Hm. pose proof (posterior_covered zs prior lik Hm).
  rewrite (elbo_decomposition zs prior lik (posterior zs prior lik)) by assumption.
  rewrite kl_self by now apply posterior_distribution. ring.
Qed.

(** Only the posterior reaches the evidence. *)

(* claim: elbo-optimum *)
Theorem elbo_tight_iff {Z} (zs : list Z) prior lik q :
  model zs prior lik -> covered zs prior lik q ->
  (elbo zs prior lik q = ln (evidence zs prior lik) <->
   forall z, In z zs -> q z = posterior zs prior lik z).
Proof.
  intros Hm Hq. rewrite <- gibbs_equality; [| apply Hq | now apply posterior_distribution | now apply q_posterior].
  rewrite (elbo_decomposition zs prior lik q) by assumption. split; lra.
Qed.

(* claim: elbo-optimum *)
Theorem elbo_optimum {Z} (zs : list Z) prior lik :
  model zs prior lik ->
  unique_maximiser (covered zs prior lik) (elbo zs prior lik)
    (fun q q' => forall z, In z zs -> q z = q' z) (posterior zs prior lik).
Proof.
  intros Hm. split; [now apply posterior_covered |].
  intros q Hq. rewrite elbo_tight by assumption. split.
  - now apply elbo_bound.
  - now apply elbo_tight_iff.
Qed.

(** With the posterior for [q], each single term of the third form is the evidence. *)

(* claim: elbo-zero-variance *)
Theorem elbo_zero_variance {Z} (zs : list Z) prior lik z :
  model zs prior lik -> 0 < joint prior lik z ->
  ln (joint prior lik z) - ln (posterior zs prior lik z) = ln (evidence zs prior lik).
Proof.
  intros (_ & _ & He) Hj. unfold posterior, responsibility. fold (joint prior lik z).
  rewrite ln_quotient by assumption. ring.
Qed.

(** A constant in the log joint shifts the bound and moves no maximum. *)

(* claim: elbo-constant *)
Theorem elbo_constant {Z} (zs : list Z) prior lik q c :
  model zs prior lik -> covered zs prior lik q ->
  elbo zs prior (fun z => exp c * lik z) q = elbo zs prior lik q + c.
Proof.
  intros Hm Hq. unfold elbo.
  rewrite (sum_ext zs _ (fun z => q z * (ln (joint prior lik z) - ln (q z)) + q z * c)).
  - rewrite sum_plus, sum_factor_r. destruct Hq as [[_ ->] _]. ring.
  - intros z Hz. destruct (Req_dec (q z) 0) as [-> | Hnz]; [ring |].
    destruct (positive_where_q zs prior lik q Hm Hq z Hz Hnz) as (? & ? & ? & ?).
    unfold joint. replace (prior z * (exp c * lik z)) with (exp c * (prior z * lik z)) by ring.
    rewrite (ln_mult (exp c)), ln_exp; [ring | apply exp_pos | now apply Rmult_lt_0_compat].
Qed.

(** ** Instances: three states, the last of which cannot have made the datum; [q] leaves it out *)

Definition states := [0; 1; 2]%nat.
Definition prior3 (z : nat) : R := match z with 0%nat => 1 / 4 | 1%nat => 1 / 2 | _ => 1 / 4 end.
Definition chance3 (z : nat) : R := match z with 0%nat => 1 / 5 | 1%nat => 3 / 5 | _ => 0 end.
Definition q3 (z : nat) : R := match z with 0%nat => 1 / 2 | 1%nat => 1 / 2 | _ => 0 end.

Lemma model3 : model states prior3 chance3.
Proof.
  repeat split; try (intros [| [|]] _; simpl; lra). unfold evidence, states. simpl. lra.
Qed.

Lemma covered3 : covered states prior3 chance3 q3.
Proof.
  repeat split; try (intros [| [|]] _; unfold joint; simpl; lra). unfold states. simpl. lra.
Qed.

Example elbo_form_2_instance :
  elbo states prior3 chance3 q3 = ∑ z ∈ states, (q3 z * ln (joint prior3 chance3 z)) + entropy states q3.
Proof. exact (elbo_form_2 _ _ _ _ model3 covered3). Qed.

Example elbo_product_instance :
  elbo states prior3 chance3 q3 =
  ∑ z ∈ states, (q3 z * ln (chance3 z)) + ∑ z ∈ states, (q3 z * ln (prior3 z)) + entropy states q3.
Proof. exact (elbo_product _ _ _ _ model3 covered3). Qed.

Example elbo_form_1_instance :
  elbo states prior3 chance3 q3 = ∑ z ∈ states, (q3 z * ln (chance3 z)) - kl states q3 prior3.
Proof. exact (elbo_form_1 _ _ _ _ model3 covered3). Qed.

Example elbo_agree_instance : elbo_1 states prior3 chance3 q3 = elbo_2 states prior3 chance3 q3.
Proof. exact (proj1 (elbo_agree _ _ _ _ model3 covered3)). Qed.

Example elbo_decomposition_instance :
  ln (evidence states prior3 chance3) =
  elbo states prior3 chance3 q3 + kl states q3 (posterior states prior3 chance3).
Proof. exact (elbo_decomposition _ _ _ _ model3 covered3). Qed.

Example elbo_bound_instance : elbo states prior3 chance3 q3 <= ln (evidence states prior3 chance3).
Proof. exact (elbo_bound _ _ _ _ model3 covered3). Qed.

Example elbo_tight_instance :
  elbo states prior3 chance3 (posterior states prior3 chance3) = ln (evidence states prior3 chance3).
Proof. exact (elbo_tight _ _ _ model3). Qed.

(** [q3] is not the posterior, so its bound is strict. *)
Example elbo_tight_iff_instance : elbo states prior3 chance3 q3 <> ln (evidence states prior3 chance3).
Proof.
  rewrite (elbo_tight_iff _ _ _ _ model3 covered3). intros H.
  specialize (H 0%nat (or_introl eq_refl)). unfold posterior, responsibility, evidence, states in H.
  simpl in H. lra.
Qed.

Example elbo_optimum_instance :
  unique_maximiser (covered states prior3 chance3) (elbo states prior3 chance3)
    (fun q q' => forall z, In z states -> q z = q' z) (posterior states prior3 chance3).
Proof. exact (elbo_optimum _ _ _ model3). Qed.

Example elbo_zero_variance_instance :
  ln (joint prior3 chance3 1%nat) - ln (posterior states prior3 chance3 1%nat) =
  ln (evidence states prior3 chance3).
Proof. apply (elbo_zero_variance _ _ _ _ model3). unfold joint. simpl. lra. Qed.

Example elbo_constant_instance :
  elbo states prior3 (fun z => exp 7 * chance3 z) q3 = elbo states prior3 chance3 q3 + 7.
Proof. exact (elbo_constant _ _ _ _ 7 model3 covered3). Qed.
