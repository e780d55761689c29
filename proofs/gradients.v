(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * Gradients of an expectation, where there are finitely many outcomes (chapter 4)

    [derivable_pt_lim f t d] is Coq's way to say that [f] has the derivative [d] at [t]. *)

From Latent Require Import sums responsibilities.

(** A finite sum is differentiated term by term. *)
Lemma derive_sum {A} (l : list A) (f : R -> A -> R) (d : A -> R) t :
  (forall k, In k l -> derivable_pt_lim (fun u => f u k) t (d k)) ->
  derivable_pt_lim (fun u => ∑ k ∈ l, f u k) t (∑ k ∈ l, d k).
Proof.
  induction l as [| k l IH]; simpl; intros H.
  - apply derivable_pt_lim_const.
  - apply (derivable_pt_lim_plus (fun u => f u k) (fun u => ∑ j ∈ l, f u j)); auto.
Qed.

Lemma derive_ext (f g : R -> R) t d :
  (forall u, f u = g u) -> derivable_pt_lim f t d -> derivable_pt_lim g t d.
Proof.
  intros E H eps Heps. destruct (H eps Heps) as [delta Hd]. exists delta.
  intros h Hh Hlt. rewrite <- !E. auto.
Qed.

Lemma derive_unique f t d d' : derivable_pt_lim f t d -> derivable_pt_lim f t d' -> d = d'.
Proof. apply uniqueness_limite. Qed.

(** ** The other way: differentiate the distribution

    [q t k] is the probability of the outcome [k] when the parameter is [t]. The score [s k] is the
    derivative of [ln (q t k)]. *)

Section Score.
  Context {A : Type}.
  Variables (ks : list A) (q : R -> A -> R) (s : A -> R) (t : R).

  Definition is_score := forall k, In k ks -> derivable_pt_lim (fun u => ln (q u k)) t (s k).

  Hypothesis Hpos : forall u, positive ks (q u).
  Hypothesis Hscore : is_score.

  (** The derivative of a probability is the probability times the score. *)
  Lemma derive_probability k : In k ks -> derivable_pt_lim (fun u => q u k) t (q t k * s k).
  Proof.
    intros Hk. apply (derive_ext (fun u => exp (ln (q u k)))); [intros u; apply exp_ln; now apply Hpos |].
    rewrite <- (exp_ln (q t k)) by now apply Hpos.
    apply (derivable_pt_lim_comp (fun u => ln (q u k)) exp); [now apply Hscore | apply derivable_pt_lim_exp].
  Qed.

  Lemma derive_expectation f :
    derivable_pt_lim (fun u => ∑ k ∈ ks, (q u k * f k)) t (∑ k ∈ ks, (q t k * s k * f k)).
  Proof.
    apply derive_sum. intros k Hk.
    apply (derive_ext (fun u => f k * q u k)); [intros; ring |].
    replace (q t k * s k * f k) with (f k * (q t k * s k)) by ring.
    apply (derivable_pt_lim_scal (fun u => q u k)). now apply derive_probability.
  Qed.
End Score.

(* claim: score-estimator; scope: finitely many outcomes *)
Theorem score_estimator {A} (ks : list A) q s t f :
  (forall u, positive ks (q u)) -> is_score ks q s t ->
  derivable_pt_lim (fun u => ∑ k ∈ ks, (q u k * f k)) t (∑ k ∈ ks, (q t k * (f k * s k))).
Proof.
  intros Hp Hs. rewrite (sum_ext ks _ (fun k => q t k * s k * f k)) by (intros; ring).
  now apply derive_expectation.
Qed.

(* claim: score-zero; scope: finitely many outcomes *)
Theorem score_zero {A} (ks : list A) q s t :
  (forall u, positive ks (q u)) -> (forall u, distribution ks (q u)) -> is_score ks q s t ->
  ∑ k ∈ ks, (q t k * s k) = 0.
Proof.
  intros Hp Hd Hs.
  apply (derive_unique (fun _ => 1) t); [| apply derivable_pt_lim_const].
  apply (derive_ext (fun u => ∑ k ∈ ks, (q u k * 1))).
  - intros u. rewrite sum_factor_r. destruct (Hd u) as [_ ->]. ring.
  - rewrite (sum_ext ks _ (fun k => q t k * s k * 1)) by (intros; ring).
    now apply derive_expectation.
Qed.

(** So a number [b], the same for all outcomes, may be subtracted from [f]. *)
Lemma score_baseline_general {A} (ks : list A) q s t f b :
  (forall u, positive ks (q u)) -> (forall u, distribution ks (q u)) -> is_score ks q s t ->
  derivable_pt_lim (fun u => ∑ k ∈ ks, (q u k * f k)) t (∑ k ∈ ks, (q t k * ((f k - b) * s k))).
Proof.
  intros Hp Hd Hs.
  rewrite (sum_ext ks _ (fun k => q t k * (f k * s k) - b * (q t k * s k))) by (intros; ring).
  rewrite sum_minus, sum_factor, (score_zero ks q s t), Rmult_0_r, Rminus_0_r by assumption.
  now apply score_estimator.
Qed.

(** ** The softmax of K parameters

    [at_i a i u] is the list of parameters [a] with the value [u] at place [i]. *)

Section Softmax.
  Context {A : Type} (dec : forall i k : A, {i = k} + {i <> k}).
  Variables (ks : list A) (a : A -> R) (i : A).

  Definition at_i (u : R) (k : A) := if dec i k then u else a k.
  Definition indicator (k : A) : R := if dec i k then 1 else 0.

  Lemma at_i_itself k : at_i (a i) k = a k.
  Proof. unfold at_i. destruct (dec i k) as [-> |]; reflexivity. Qed.

  Lemma derive_at_i k u : derivable_pt_lim (fun v => at_i v k) u (indicator k).
  Proof.
    unfold at_i, indicator. destruct (dec i k); [apply derivable_pt_lim_id | apply derivable_pt_lim_const].
  Qed.

  (** The list holds [i] once. *)
  Hypothesis Honce : NoDup ks.
  Hypothesis Hi : In i ks.

  Lemma sum_indicator (f : A -> R) : ∑ k ∈ ks, (indicator k * f k) = f i.
  Proof.
    clear a. induction ks as [| k l IH]; [destruct Hi |].
    simpl. inversion Honce as [| ? ? Hno Hl]; subst. unfold indicator at 1. destruct (dec i k) as [E | Hne].
    - rewrite (sum_ext l _ (fun _ => 0)), sum_zero; [rewrite E; ring |].
      intros j Hj. unfold indicator. destruct (dec i j) as [E' |]; [| ring].
      exfalso. apply Hno. now rewrite <- E, E'.
    - destruct Hi as [E | Hin]; [congruence |]. rewrite IH by assumption. ring.
  Qed.

  Lemma ks_some : ks <> [].
  Proof. intros E. rewrite E in Hi. destruct Hi. Qed.

  (** The score of the softmax: [k = i] less the probability of [i]. *)
  Lemma softmax_score :
    is_score ks (fun u => softmax ks (at_i u)) (fun k => indicator k - softmax ks a i) (a i).
  Proof.
    intros k Hk. unfold softmax.
    pose proof (exp_sum_positive ks ks_some) as Hsum.
    apply (derive_ext (fun u => at_i u k - ln (∑ j ∈ ks, exp (at_i u j)))).
    { intros u. rewrite ln_quotient, ln_exp; [reflexivity | apply exp_pos | exact (Hsum (at_i u))]. }
    apply (derivable_pt_lim_minus (fun u => at_i u k)); [apply derive_at_i |].
    replace (exp (a i) / ∑ j ∈ ks, exp (a j))
      with (/ (∑ j ∈ ks, exp (at_i (a i) j)) * ∑ j ∈ ks, (exp (at_i (a i) j) * indicator j)).
    - apply (derivable_pt_lim_comp (fun u => ∑ j ∈ ks, exp (at_i u j)) ln).
      + apply derive_sum. intros j _.
        apply (derivable_pt_lim_comp (fun u => at_i u j) exp); [apply derive_at_i | apply derivable_pt_lim_exp].
      + apply derivable_pt_lim_ln. exact (Hsum (at_i (a i))).
    - rewrite (sum_ext ks (fun j => exp (at_i (a i) j)) (fun j => exp (a j)))
        by (intros; now rewrite at_i_itself).
      rewrite (sum_ext ks (fun j => exp (at_i (a i) j) * indicator j) (fun j => indicator j * exp (a j)))
        by (intros; rewrite at_i_itself; ring).
      rewrite sum_indicator. unfold Rdiv. ring.
  Qed.
End Softmax.

Lemma softmax_positive {A} (ks : list A) l : ks <> [] -> positive ks (softmax ks l).
Proof.
  intros H k _. apply Rdiv_lt_0_compat; [apply exp_pos | exact (exp_sum_positive ks H l)].
Qed.

Lemma softmax_distribution {A} (ks : list A) l : ks <> [] -> distribution ks (softmax ks l).
Proof.
  intros H. split; [now apply positive_nonneg, softmax_positive |].
  unfold softmax. rewrite sum_quotient. pose proof (exp_sum_positive ks H l). field. lra.
Qed.

(* claim: score-log-trick *)
Theorem score_log_trick {A} dec (ks : list A) a i f :
  NoDup ks -> In i ks ->
  derivable_pt_lim (fun u => ∑ k ∈ ks, (softmax ks (at_i dec a i u) k * f k)) (a i)
    (∑ k ∈ ks, (softmax ks a k * ((indicator dec i k - softmax ks a i) * f k))).
Proof.
  intros Hn Hi. assert (ks <> []) as Hs by (intros E; rewrite E in Hi; destruct Hi).
  assert (forall k, softmax ks (at_i dec a i (a i)) k = softmax ks a k) as E.
  { intros k. unfold softmax. rewrite at_i_itself. f_equal.
    apply sum_ext. intros j _. now rewrite at_i_itself. }
  rewrite (sum_ext ks _ (fun k => softmax ks (at_i dec a i (a i)) k *
    (f k * (indicator dec i k - softmax ks a i)))) by (intros; rewrite E; ring).
  apply (score_estimator ks (fun u => softmax ks (at_i dec a i u))).
  - intros u. now apply softmax_positive.
  - now apply softmax_score.
Qed.

(* claim: score-baseline *)
Theorem score_baseline {A} dec (ks : list A) a i f b :
  NoDup ks -> In i ks ->
  derivable_pt_lim (fun u => ∑ k ∈ ks, (softmax ks (at_i dec a i u) k * f k)) (a i)
    (∑ k ∈ ks, (softmax ks a k * ((indicator dec i k - softmax ks a i) * (f k - b)))).
Proof.
  intros Hn Hi. assert (ks <> []) as Hs by (intros E; rewrite E in Hi; destruct Hi).
  assert (forall k, softmax ks (at_i dec a i (a i)) k = softmax ks a k) as E.
  { intros k. unfold softmax. rewrite at_i_itself. f_equal.
    apply sum_ext. intros j _. now rewrite at_i_itself. }
  rewrite (sum_ext ks _ (fun k => softmax ks (at_i dec a i (a i)) k *
    ((f k - b) * (indicator dec i k - softmax ks a i)))) by (intros; rewrite E; ring).
  apply (score_baseline_general ks (fun u => softmax ks (at_i dec a i u))).
  - intros u. now apply softmax_positive.
  - intros u. now apply softmax_distribution.
  - now apply softmax_score.
Qed.

(** ** How good a baseline is: its variance is a parabola *)

Section Baseline.
  Context {A : Type}.
  Variables (ks : list A) (p f s : A -> R).

  Definition gradient := ∑ k ∈ ks, (p k * (f k * s k)).
  Definition variance b := ∑ k ∈ ks, (p k * ((f k - b) ^ 2 * s k ^ 2)) - gradient ^ 2.
  Definition score_square := ∑ k ∈ ks, (p k * s k ^ 2).
  Definition best := (∑ k ∈ ks, (p k * (f k * s k ^ 2))) / score_square.
End Baseline.

(* claim: baseline-expand *)
Theorem baseline_expand {A} (ks : list A) p f s b :
  variance ks p f s b =
  ∑ k ∈ ks, (p k * (f k ^ 2 * s k ^ 2)) - 2 * b * ∑ k ∈ ks, (p k * (f k * s k ^ 2)) +
  b ^ 2 * ∑ k ∈ ks, (p k * s k ^ 2) - gradient ks p f s ^ 2.
Proof.
  unfold variance. rewrite <- !sum_factor, <- sum_minus, <- sum_plus. f_equal.
  apply sum_ext. intros. ring.
Qed.

(* claim: baseline-square *)
Theorem baseline_square {A} (ks : list A) p f s b :
  0 < score_square ks p s ->
  variance ks p f s b = variance ks p f s 0 +
  score_square ks p s * ((b - best ks p f s) ^ 2 - best ks p f s ^ 2).
Proof.
  intros H. rewrite !baseline_expand. unfold best. fold (score_square ks p s). field. lra.
Qed.

(* claim: baseline-best *)
Theorem baseline_best {A} (ks : list A) p f s :
  0 < score_square ks p s ->
  unique_maximiser (fun _ => True) (fun b => - variance ks p f s b) eq (best ks p f s).
Proof.
  intros H. split; [exact Logic.I |]. intros b _.
  rewrite (baseline_square ks p f s b), (baseline_square ks p f s (best ks p f s)) by assumption.
  assert (0 <= score_square ks p s * (b - best ks p f s) ^ 2)
    by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
  split; [lra |]. intros Heq.
  assert ((b - best ks p f s) ^ 2 = 0) as Hz by (apply (Rmult_eq_reg_l (score_square ks p s)); lra).
  assert (b - best ks p f s = 0) by (apply Rsqr_0_uniq; unfold Rsqr; lra). lra.
Qed.

(** ** The change of variables, and the derivative along the path

    The noise takes the values [e] in a list [es], with the probabilities [p e] that do not depend on
    the parameter; [g e] is the outcome. The outcome [z] has the probability of all noise that makes it. *)

Definition pushed {E Z} (dec : forall y z : Z, {y = z} + {y <> z}) (es : list E) (p : E -> R) (g : E -> Z) z :=
  ∑ e ∈ es, (indicator dec (g e) z * p e).

(* claim: grad-lotus; scope: finitely many outcomes *)
Theorem grad_lotus {E Z} dec (es : list E) (zs : list Z) p g f :
  NoDup zs -> (forall e, In e es -> In (g e) zs) ->
  ∑ z ∈ zs, (pushed dec es p g z * f z) = ∑ e ∈ es, (p e * f (g e)).
Proof.
  intros Hn Hg. unfold pushed.
  rewrite (sum_ext zs _ (fun z => ∑ e ∈ es, (indicator dec (g e) z * (p e * f z)))).
  - rewrite sum_swap. apply sum_ext. intros e He.
    apply (sum_indicator dec zs (g e) Hn (Hg e He) (fun z => p e * f z)).
  - intros z _. rewrite <- sum_factor_r. apply sum_ext. intros. ring.
Qed.

(* claim: grad-pathwise; scope: finitely many outcomes *)
Theorem grad_pathwise_finite {E} (es : list E) (p : E -> R) (g : R -> E -> R) (g' : E -> R) (f f' : R -> R) t :
  (forall e, In e es -> derivable_pt_lim (fun u => g u e) t (g' e)) ->
  (forall e, In e es -> derivable_pt_lim f (g t e) (f' (g t e))) ->
  derivable_pt_lim (fun u => ∑ e ∈ es, (p e * f (g u e))) t (∑ e ∈ es, (p e * (f' (g t e) * g' e))).
Proof.
  intros Hg Hf. apply derive_sum. intros e He.
  apply (derivable_pt_lim_scal (fun u => f (g u e))).
  apply (derivable_pt_lim_comp (fun u => g u e) f); auto.
Qed.

(** ** Instances: the softmax of (0, 0), f = (3, 1); a sign as noise, f(z) = z^2, z = t e *)

Definition f2 (k : bool) : R := if k then 3 else 1.
Definition zero2 (k : bool) : R := 0.
Definition half (k : bool) : R := 1 / 2.
Definition sign (k : bool) : R := if k then 1 else - 1.

Lemma pair_once : NoDup pair.
Proof. repeat constructor; simpl; intuition discriminate. Qed.

Lemma softmax_is_score :
  is_score pair (fun u => softmax pair (at_i Bool.bool_dec zero2 true u))
    (fun k => indicator Bool.bool_dec true k - softmax pair zero2 true) 0.
Proof. apply (softmax_score Bool.bool_dec pair zero2 true pair_once). simpl. auto. Qed.

Example score_estimator_instance :
  derivable_pt_lim (fun u => ∑ k ∈ pair, (softmax pair (at_i Bool.bool_dec zero2 true u) k * f2 k)) 0
    (∑ k ∈ pair, (softmax pair (at_i Bool.bool_dec zero2 true 0) k *
      (f2 k * (indicator Bool.bool_dec true k - softmax pair zero2 true)))).
Proof.
  apply (score_estimator pair (fun u => softmax pair (at_i Bool.bool_dec zero2 true u)));
    [intros u; now apply softmax_positive | exact softmax_is_score].
Qed.

Example score_zero_instance :
  ∑ k ∈ pair, (softmax pair (at_i Bool.bool_dec zero2 true 0) k *
    (indicator Bool.bool_dec true k - softmax pair zero2 true)) = 0.
Proof.
  apply (score_zero pair (fun u => softmax pair (at_i Bool.bool_dec zero2 true u)) _ 0);
    [intros u; now apply softmax_positive | intros u; now apply softmax_distribution | exact softmax_is_score].
Qed.

Example score_log_trick_instance :
  derivable_pt_lim (fun u => ∑ k ∈ pair, (softmax pair (at_i Bool.bool_dec zero2 true u) k * f2 k)) 0
    (∑ k ∈ pair, (softmax pair zero2 k * ((indicator Bool.bool_dec true k - softmax pair zero2 true) * f2 k))).
Proof. apply (score_log_trick Bool.bool_dec pair zero2 true f2 pair_once). simpl. auto. Qed.

Example score_baseline_instance :
  derivable_pt_lim (fun u => ∑ k ∈ pair, (softmax pair (at_i Bool.bool_dec zero2 true u) k * f2 k)) 0
    (∑ k ∈ pair, (softmax pair zero2 k * ((indicator Bool.bool_dec true k - softmax pair zero2 true) * (f2 k - 2)))).
Proof. apply (score_baseline Bool.bool_dec pair zero2 true f2 2 pair_once). simpl. auto. Qed.

Example baseline_expand_instance :
  variance pair half f2 sign 2 =
  ∑ k ∈ pair, (half k * (f2 k ^ 2 * sign k ^ 2)) - 2 * 2 * ∑ k ∈ pair, (half k * (f2 k * sign k ^ 2)) +
  2 ^ 2 * ∑ k ∈ pair, (half k * sign k ^ 2) - gradient pair half f2 sign ^ 2.
Proof. exact (baseline_expand pair half f2 sign 2). Qed.

Lemma half_square : 0 < score_square pair half sign.
Proof. unfold score_square, pair, half, sign. simpl. lra. Qed.

Example baseline_square_instance :
  variance pair half f2 sign 5 = variance pair half f2 sign 0 +
  score_square pair half sign * ((5 - best pair half f2 sign) ^ 2 - best pair half f2 sign ^ 2).
Proof. exact (baseline_square pair half f2 sign 5 half_square). Qed.

Example baseline_best_instance :
  unique_maximiser (fun _ => True) (fun b => - variance pair half f2 sign b) eq (best pair half f2 sign).
Proof. exact (baseline_best pair half f2 sign half_square). Qed.

Example grad_lotus_instance :
  ∑ z ∈ pair, (pushed Bool.bool_dec pair half negb z * f2 z) = ∑ e ∈ pair, (half e * f2 (negb e)).
Proof. apply (grad_lotus Bool.bool_dec pair pair half negb f2 pair_once). intros [] _; simpl; auto. Qed.

Example grad_pathwise_finite_instance :
  derivable_pt_lim (fun u => ∑ e ∈ pair, (half e * (u * sign e) ^ 2)) 3
    (∑ e ∈ pair, (half e * (2 * (3 * sign e) * sign e))).
Proof.
  apply (grad_pathwise_finite pair half (fun u e => u * sign e) sign (fun z => z ^ 2) (fun z => 2 * z)).
  - intros e _. apply (derive_ext (fun u => sign e * u)); [intros; ring |].
    pose proof (derivable_pt_lim_scal (fun u => u) (sign e) 3 1 (derivable_pt_lim_id 3)) as H.
    rewrite Rmult_1_r in H. exact H.
  - intros e _. replace (2 * (3 * sign e)) with (INR 2 * (3 * sign e) ^ pred 2) by (simpl; ring).
    apply derivable_pt_lim_pow.
Qed.
