(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * Responsibilities under a uniform prior (chapter 1)

    The components are the elements of a list [ks]. Component [k] has the prior probability
    [prior k] and gives the point the likelihood [lik k], which may be zero. *)

From Latent Require Import sums.

Section Responsibilities.
  Context {A : Type}.
  Variable ks : list A.

  (** The evidence p(x), and the posterior probability of component [k]. *)
  Definition evidence (prior lik : A -> R) := ∑ k ∈ ks, (prior k * lik k).
  Definition responsibility (prior lik : A -> R) k := prior k * lik k / evidence prior lik.

  (** The prior that says the same of every component: one over their number. *)
  Definition uniform (k : A) := / INR (length ks).

  Definition lse (l : A -> R) := ln (∑ k ∈ ks, exp (l k)).
  Definition softmax (l : A -> R) k := exp (l k) / ∑ j ∈ ks, exp (l j).

  (** What the proofs below use again and again. *)
  Hypothesis some : ks <> [].

  Lemma count_positive : 0 < INR (length ks).
  Proof. destruct ks; [easy |]. cbn [length]. apply lt_0_INR. apply PeanoNat.Nat.lt_0_succ. Qed.

  Lemma exp_sum_positive l : 0 < ∑ k ∈ ks, exp (l k).
  Proof.
    destruct ks as [| k rest] eqn:E; [easy |].
    apply (sum_pos _ _ k); [| now left | apply exp_pos].
    intros j _. apply Rlt_le, exp_pos.
  Qed.

  Lemma evidence_uniform_factor lik :
    evidence uniform lik = / INR (length ks) * ∑ k ∈ ks, lik k.
  Proof. exact (sum_factor ks (/ INR (length ks)) lik). Qed.

End Responsibilities.

(** ** The prior cancels *)

(* claim: resp-factor *)
Theorem resp_factor {A} (ks : list A) lik k :
  responsibility ks (uniform ks) lik k =
  (/ INR (length ks) * lik k) / (/ INR (length ks) * ∑ j ∈ ks, lik j).
Proof. unfold responsibility. now rewrite evidence_uniform_factor. Qed.

(* claim: resp-ratio *)
Theorem resp_ratio {A} (ks : list A) lik k :
  0 < ∑ j ∈ ks, lik j ->
  responsibility ks (uniform ks) lik k = lik k / ∑ j ∈ ks, lik j.
Proof.
  intros H. rewrite resp_factor.
  assert (ks <> []) as Hks by (intros ->; simpl in H; lra).
  pose proof (count_positive ks Hks). field. lra.
Qed.

(** In logarithms: the responsibilities are the softmax of the log-likelihoods. *)

(* claim: resp-softmax *)
Theorem resp_softmax {A} (ks : list A) (l : A -> R) k :
  ks <> [] ->
  responsibility ks (uniform ks) (fun j => exp (l j)) k = softmax ks l k.
Proof. intros H. exact (resp_ratio ks _ k (exp_sum_positive ks H l)). Qed.

(* claim: evidence-uniform *)
Theorem evidence_uniform {A} (ks : list A) (l : A -> R) :
  ln (evidence ks (uniform ks) (fun k => exp (l k))) =
  ln (/ INR (length ks) * ∑ k ∈ ks, exp (l k)).
Proof. now rewrite evidence_uniform_factor. Qed.

(** The evidence keeps the prior: a summand [- ln K]. *)

(* claim: resp-evidence *)
Theorem resp_evidence {A} (ks : list A) (l : A -> R) :
  ks <> [] ->
  ln (evidence ks (uniform ks) (fun k => exp (l k))) = lse ks l - ln (INR (length ks)).
Proof.
  intros H. rewrite evidence_uniform. pose proof (count_positive ks H).
  rewrite ln_mult, ln_Rinv.
  - unfold lse. lra.
  - assumption.
  - now apply Rinv_0_lt_compat.
  - exact (exp_sum_positive ks H l).
Qed.

(** ** What follows at once *)

(* claim: resp-sum *)
Theorem resp_sum {A} (ks : list A) prior lik :
  0 < evidence ks prior lik -> ∑ k ∈ ks, responsibility ks prior lik k = 1.
Proof.
  intros H. unfold responsibility. rewrite sum_quotient.
  fold (evidence ks prior lik). field. lra.
Qed.

(** They are not negative either, so they are a distribution. *)
Lemma responsibility_distribution {A} (ks : list A) prior lik :
  nonneg ks prior -> nonneg ks lik -> 0 < evidence ks prior lik ->
  distribution ks (responsibility ks prior lik).
Proof.
  intros Hp Hl H. split; [| now apply resp_sum].
  intros k Hk. apply Rmult_le_pos; [apply Rmult_le_pos; auto |].
  now apply Rlt_le, Rinv_0_lt_compat.
Qed.

(* claim: resp-uniform *)
Theorem resp_uniform {A} (ks : list A) (l : A -> R) k :
  ks <> [] ->
  softmax ks (fun j => l j + ln (uniform ks j)) k = softmax ks l k.
Proof.
  intros H. pose proof (count_positive ks H). unfold softmax, uniform.
  rewrite (sum_ext ks _ (fun j => / INR (length ks) * exp (l j))).
  - rewrite sum_factor, exp_plus, exp_ln by now apply Rinv_0_lt_compat.
    pose proof (exp_sum_positive ks H l). field. lra.
  - intros j _. rewrite exp_plus, exp_ln by now apply Rinv_0_lt_compat. ring.
Qed.

(** Any prior without zeros, in logarithms. *)

(* claim: resp-general; scope: positive priors and likelihoods *)
Theorem resp_general {A} (ks : list A) prior (l : A -> R) k :
  ks <> [] -> positive ks prior -> In k ks ->
  responsibility ks prior (fun j => exp (l j)) k = softmax ks (fun j => l j + ln (prior j)) k /\
  ln (evidence ks prior (fun j => exp (l j))) = lse ks (fun j => l j + ln (prior j)).
Proof.
  intros H Hp Hk.
  assert (evidence ks prior (fun j => exp (l j)) = ∑ j ∈ ks, exp (l j + ln (prior j))) as E.
  { apply sum_ext. intros j Hj. rewrite exp_plus, exp_ln by auto. ring. }
  split; [| unfold lse; now rewrite E].
  unfold responsibility, softmax. rewrite E, exp_plus, exp_ln by auto. f_equal. ring.
Qed.

(** Only differences of log-likelihoods matter. *)

(* claim: resp-shift softmax-shift *)
Theorem softmax_shift {A} (ks : list A) (l : A -> R) c k :
  ks <> [] -> softmax ks (fun j => l j + c) k = softmax ks l k.
Proof.
  intros H. unfold softmax.
  rewrite (sum_ext ks _ (fun j => exp c * exp (l j))) by (intros; rewrite exp_plus; ring).
  rewrite sum_factor, exp_plus.
  pose proof (exp_sum_positive ks H l). pose proof (exp_pos c). field. lra.
Qed.

(* claim: resp-shift lse-shift *)
Theorem lse_shift {A} (ks : list A) (l : A -> R) c :
  ks <> [] -> lse ks (fun j => l j + c) = lse ks l + c.
Proof.
  intros H. unfold lse.
  rewrite (sum_ext ks _ (fun j => exp c * exp (l j))) by (intros; rewrite exp_plus; ring).
  rewrite sum_factor, ln_mult, ln_exp; [ring | apply exp_pos | exact (exp_sum_positive ks H l)].
Qed.

(* claim: resp-stable *)
Theorem resp_stable {A} (ks : list A) (l : A -> R) m k :
  ks <> [] -> argmax ks l m ->
  responsibility ks (uniform ks) (fun j => exp (l j)) k =
  exp (l k - l m) / (∑ j ∈ ks, exp (l j - l m)) /\
  forall j, In j ks -> exp (l j - l m) <= 1.
Proof.
  intros H [_ Hm]. split.
  - rewrite resp_softmax by assumption. symmetry. now apply (softmax_shift ks l (- l m)).
  - intros j Hj. rewrite <- exp_0. specialize (Hm j Hj).
    destruct (Req_dec (l j) (l m)) as [-> | Hne].
    + right. f_equal. ring.
    + left. apply exp_increasing. lra.
Qed.

(* claim: resp-log-odds *)
Theorem resp_log_odds {A} (ks : list A) (l : A -> R) i k :
  ks <> [] -> ln (softmax ks l i / softmax ks l k) = l i - l k.
Proof.
  intros H. pose proof (exp_sum_positive ks H l). unfold softmax.
  replace (_ / _) with (exp (l i) / exp (l k)).
  - rewrite ln_quotient, !ln_exp by apply exp_pos. reflexivity.
  - field. split; [lra |]. apply Rgt_not_eq, exp_pos.
Qed.

(* claim: resp-argmax *)
Theorem resp_argmax {A} (ks : list A) (l : A -> R) k :
  argmax ks (responsibility ks (uniform ks) (fun j => exp (l j))) k <-> argmax ks l k.
Proof.
  assert (In k ks -> forall j,
    responsibility ks (uniform ks) (fun j => exp (l j)) j <=
    responsibility ks (uniform ks) (fun j => exp (l j)) k <-> l j <= l k) as H.
  { intros Hk j. assert (ks <> []) as Hks by (intros ->; destruct Hk).
    rewrite !resp_softmax by assumption. unfold softmax, Rdiv.
    pose proof (Rinv_0_lt_compat _ (exp_sum_positive ks Hks l)) as Hs.
    split; intros Hle.
    - apply Rmult_le_reg_r in Hle; [| assumption].
      apply Rnot_lt_le. intros Hlt. apply exp_increasing in Hlt. lra.
    - apply Rmult_le_compat_r; [lra |].
      destruct Hle as [Hlt | ->]; [left; now apply exp_increasing | now right]. }
  unfold argmax. split; intros [Hk Hm]; (split; [exact Hk |]); intros j Hj; now apply (H Hk), Hm.
Qed.

(* claim: resp-logistic *)
Theorem resp_logistic l1 l2 :
  softmax [true; false] (fun k : bool => if k then l1 else l2) true = / (1 + exp (- (l1 - l2))).
Proof.
  unfold softmax. simpl. pose proof (exp_pos l1). pose proof (exp_pos l2).
  replace (- (l1 - l2)) with (l2 - l1) by ring. unfold Rminus.
  rewrite exp_plus, exp_Ropp. field. lra.
Qed.

(** ** Instances: three hypotheses with likelihoods 2, 6 and 0; two with logarithms 1 and 3 *)

Definition three : list nat := [0; 1; 2]%nat.
Definition lik3 (k : nat) : R := match k with 0%nat => 2 | 1%nat => 6 | _ => 0 end.
Definition pair : list bool := [true; false].
Definition log2 (k : bool) : R := if k then 1 else 3.

Example resp_factor_instance : responsibility three (uniform three) lik3 1%nat = (/ INR 3 * 6) / (/ INR 3 * (2 + (6 + (0 + 0)))).
Proof. exact (resp_factor three lik3 1%nat). Qed.

Example resp_ratio_instance : responsibility three (uniform three) lik3 1%nat = 3 / 4.
Proof. rewrite resp_ratio; unfold three; simpl; lra. Qed.

Example resp_softmax_instance :
  responsibility pair (uniform pair) (fun k => exp (log2 k)) true = exp 1 / (exp 1 + (exp 3 + 0)).
Proof. now apply (resp_softmax pair log2 true). Qed.

Example evidence_uniform_instance :
  ln (evidence pair (uniform pair) (fun k => exp (log2 k))) = ln (/ INR 2 * (exp 1 + (exp 3 + 0))).
Proof. exact (evidence_uniform pair log2). Qed.

Example resp_evidence_instance :
  ln (evidence pair (uniform pair) (fun k => exp (log2 k))) = ln (exp 1 + (exp 3 + 0)) - ln (INR 2).
Proof. now apply (resp_evidence pair log2). Qed.

Example resp_sum_instance : ∑ k ∈ three, responsibility three (fun _ => / 3) lik3 k = 1.
Proof. apply resp_sum. unfold evidence, three. simpl. lra. Qed.

Example resp_uniform_instance :
  softmax pair (fun j => log2 j + ln (uniform pair j)) true = softmax pair log2 true.
Proof. now apply resp_uniform. Qed.

Example resp_general_instance :
  ln (evidence pair (fun k : bool => if k then 1 / 4 else 3 / 4) (fun k => exp (log2 k))) =
  ln (exp (1 + ln (1 / 4)) + (exp (3 + ln (3 / 4)) + 0)).
Proof.
  apply (resp_general pair (fun k : bool => if k then 1 / 4 else 3 / 4) log2 true); [easy | | now left].
  intros [] _; lra.
Qed.

Example softmax_shift_instance : softmax pair (fun k => log2 k + 7) true = softmax pair log2 true.
Proof. now apply softmax_shift. Qed.

Example lse_shift_instance : lse pair (fun k => log2 k + 7) = lse pair log2 + 7.
Proof. now apply lse_shift. Qed.

Example resp_stable_instance :
  responsibility pair (uniform pair) (fun k => exp (log2 k)) true =
  exp (1 - 3) / (exp (1 - 3) + (exp (3 - 3) + 0)).
Proof.
  apply (resp_stable pair log2 false true); [easy |]. split; [simpl; auto |].
  intros [] _; simpl; lra.
Qed.

Example resp_log_odds_instance : ln (softmax pair log2 false / softmax pair log2 true) = 3 - 1.
Proof. now apply (resp_log_odds pair log2). Qed.

Example resp_argmax_instance :
  argmax pair (responsibility pair (uniform pair) (fun k => exp (log2 k))) false.
Proof. apply resp_argmax. split; [simpl; auto |]. intros [] _; simpl; lra. Qed.

Example resp_logistic_instance :
  softmax pair (fun k : bool => if k then 5 else 4) true = / (1 + exp (- (5 - 4))).
Proof. exact (resp_logistic 5 4). Qed.
