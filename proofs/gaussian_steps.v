(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * The M-steps for a Gaussian (chapter 2)

    One component, points [n] in a list [ns] with weights (responsibilities) [r n]. The normalising
    constant [- D/2 ln 2 pi] does not depend on the parameters and is left out. *)

From Latent Require Import sums.

(** ** The mean, in any number of dimensions

    Vectors are functions on a list [ds] of dimensions. [P] is the inverse of the covariance; it is
    symmetric and positive definite. *)

Section Mean.
  Context {I D : Type}.
  Variables (ns : list I) (ds : list D) (r : I -> R) (x : I -> D -> R) (P : D -> D -> R).

  (** The bilinear form u' P v. *)
  Definition form (u v : D -> R) := ∑ i ∈ ds, ∑ j ∈ ds, (u i * P i j * v j).

  Definition symmetric := forall i j, In i ds -> In j ds -> P i j = P j i.
  Definition positive_definite :=
    forall v, (exists i, In i ds /\ v i <> 0) -> 0 < form v v.

  (** The part of the expected complete log-likelihood that depends on the mean [mu]. *)
  Definition mean_part (mu : D -> R) :=
    ∑ n ∈ ns, (r n * (- / 2 * form (fun d => x n d - mu d) (fun d => x n d - mu d))).

  Definition mean (d : D) := (∑ n ∈ ns, (r n * x n d)) / ∑ n ∈ ns, r n.

  Lemma form_ext u u' v v' :
    (forall d, In d ds -> u d = u' d) -> (forall d, In d ds -> v d = v' d) -> form u v = form u' v'.
  Proof.
    intros Hu Hv. apply sum_ext. intros i Hi. apply sum_ext. intros j Hj. now rewrite Hu, Hv.
  Qed.

  Lemma form_symmetric u v : symmetric -> form u v = form v u.
  Proof.
    intros HP. unfold form. rewrite sum_swap. apply sum_ext. intros i Hi. apply sum_ext. intros j Hj.
    rewrite (HP j i) by assumption. ring.
  Qed.

  Lemma form_plus u v w : form (fun d => u d + v d) w = form u w + form v w.
  Proof.
    unfold form. rewrite <- sum_plus. apply sum_ext. intros i _. rewrite <- sum_plus.
    apply sum_ext. intros j _. ring.
  Qed.

  Lemma form_square u v :
    symmetric -> form (fun d => u d + v d) (fun d => u d + v d) = form u u + 2 * form u v + form v v.
  Proof.
    intros HP. rewrite form_plus, !(form_symmetric _ (fun d => u d + v d)), !form_plus by assumption.
    rewrite (form_symmetric v u) by assumption. ring.
  Qed.

  (** A sum over points may go inside. *)
  Lemma form_sum (y : I -> D -> R) v :
    ∑ n ∈ ns, (r n * form (y n) v) = form (fun d => ∑ n ∈ ns, (r n * y n d)) v.
  Proof.
    unfold form. rewrite (sum_ext ns _ (fun n => ∑ i ∈ ds, ∑ j ∈ ds, (r n * y n i * P i j * v j))).
    - rewrite sum_swap. apply sum_ext. intros i _. rewrite sum_swap. apply sum_ext. intros j _.
      rewrite !sum_factor_r. reflexivity.
    - intros n _. rewrite <- sum_factor. apply sum_ext. intros i _. rewrite <- sum_factor.
      apply sum_ext. intros j _. ring.
  Qed.

  (** What any other mean loses: the cross term vanishes at the weighted mean. *)
  Lemma mean_loss mu :
    symmetric -> 0 < ∑ n ∈ ns, r n ->
    mean_part mu = mean_part mean -
      / 2 * (∑ n ∈ ns, r n) * form (fun d => mean d - mu d) (fun d => mean d - mu d).
  Proof.
    intros HP HN. set (v := fun d => mean d - mu d).
    assert (∑ n ∈ ns, (r n * form (fun d => x n d - mean d) v) = 0) as Hcross.
    { rewrite (form_sum (fun n d => x n d - mean d) v).
      rewrite (form_ext _ (fun d => 0 * mean d) v v); [| | auto].
      - unfold form. rewrite (sum_ext ds _ (fun _ => 0)), sum_zero; [reflexivity |]. intros i _.
        rewrite (sum_ext ds _ (fun _ => 0)), sum_zero; [reflexivity | intros; ring].
      - intros d _. rewrite (sum_ext ns _ (fun n => r n * x n d - r n * mean d)) by (intros; ring).
        rewrite sum_minus, sum_factor_r. unfold mean. field. lra. }
    unfold mean_part.
    rewrite (sum_ext ns _ (fun n =>
      (r n * (- / 2 * form (fun d => x n d - mean d) (fun d => x n d - mean d)) -
       r n * form (fun d => x n d - mean d) v) - r n * (/ 2 * form v v))).
    - rewrite !sum_minus, Hcross, sum_factor_r. ring.
    - intros n _. rewrite (form_ext _ (fun d => (x n d - mean d) + v d) _ (fun d => (x n d - mean d) + v d)).
      + rewrite form_square by assumption. field.
      + intros d _. unfold v. ring.
      + intros d _. unfold v. ring.
  Qed.
End Mean.

(* claim: gmm-m-mean *)
Theorem m_step_mean {I D} (ns : list I) (ds : list D) r x P :
  symmetric ds P -> positive_definite ds P -> 0 < ∑ n ∈ ns, r n ->
  unique_maximiser (fun _ => True) (mean_part ns ds r x P)
    (fun mu mu' => forall d, In d ds -> mu d = mu' d) (mean ns r x).
Proof.
  intros HP Hpd HN. split; [exact Logic.I |]. intros mu _.
  rewrite (mean_loss ns ds r x P mu) by assumption.
  set (v := fun d => mean ns r x d - mu d).
  assert (forall d, In d ds -> v d <> 0 -> 0 < / 2 * (∑ n ∈ ns, r n) * form ds P v v) as Hpos.
  { intros d Hd Hv. assert (0 < form ds P v v) by (apply Hpd; eauto).
    apply Rmult_lt_0_compat; lra. }
  split.
  - destruct (Classical_Prop.classic (exists d, In d ds /\ v d <> 0)) as [(d & Hd & Hv) | Hno].
    + specialize (Hpos d Hd Hv). lra.
    + rewrite (form_ext ds P v (fun _ => 0) v (fun _ => 0)).
      * unfold form. rewrite (sum_ext ds _ (fun _ => 0)), sum_zero; [lra |].
        intros i _. rewrite (sum_ext ds _ (fun _ => 0)), sum_zero; [reflexivity | intros; ring].
      * intros d Hd. destruct (Req_dec (v d) 0); [assumption | exfalso; eauto].
      * intros d Hd. destruct (Req_dec (v d) 0); [assumption | exfalso; eauto].
  - intros Heq d Hd. destruct (Req_dec (v d) 0) as [Hz | Hnz]; [unfold v in Hz; lra |].
    specialize (Hpos d Hd Hnz). lra.
Qed.

(** ** The variance, in one dimension

    [N] points, counted with their weights; [S] is their mean squared distance from the mean. *)

Definition variance_part (N S v : R) := - (N / 2) * (ln v + S / v).

Lemma m_step_variance_scatter N S :
  0 < N -> 0 < S -> unique_maximiser (fun v => 0 < v) (variance_part N S) eq S.
Proof.
  intros HN HS. split; [assumption |]. intros v Hv.
  assert (0 < S / v) as Hq by now apply Rdiv_lt_0_compat.
  assert (variance_part N S S - variance_part N S v = N / 2 * (S / v - 1 - ln (S / v))) as E.
  { unfold variance_part. rewrite ln_quotient by assumption. field. lra. }
  pose proof (ln_le_minus_1 (S / v) Hq) as Hln.
  assert (0 <= N / 2 * (S / v - 1 - ln (S / v))) by (apply Rmult_le_pos; lra).
  split; [lra |]. intros Heq.
  assert (S / v - 1 - ln (S / v) = 0) as Hz by (apply (Rmult_eq_reg_l (N / 2)); lra).
  assert (S / v = 1) as H1 by (apply ln_eq_minus_1; lra).
  replace v with (v * (S / v)) by (rewrite H1; ring). field. lra.
Qed.

(* claim: gmm-m-covariance; scope: one dimension *)
Theorem m_step_variance {I} (ns : list I) (r x : I -> R) (mu : R) :
  let N := ∑ n ∈ ns, r n in
  let S := (∑ n ∈ ns, (r n * (x n - mu) ^ 2)) / N in
  0 < N -> 0 < S ->
  unique_maximiser (fun v => 0 < v)
    (fun v => ∑ n ∈ ns, (r n * (- / 2 * (ln v + (x n - mu) ^ 2 / v)))) eq S.
Proof.
  intros N S HN HS.
  assert (forall v, 0 < v ->
    ∑ n ∈ ns, (r n * (- / 2 * (ln v + (x n - mu) ^ 2 / v))) = variance_part N S v) as E.
  { intros v Hv.
    rewrite (sum_ext ns _ (fun n => r n * (- / 2 * ln v) + r n * (x n - mu) ^ 2 * (- / 2 / v)))
      by (intros; field; lra).
    rewrite sum_plus, !sum_factor_r. unfold variance_part, S. fold N. field. lra. }
  destruct (m_step_variance_scatter N S HN HS) as [_ Hmax].
  split; [assumption |]. intros v Hv. rewrite !E by assumption. now apply Hmax.
Qed.

(** ** The full covariance, in two dimensions

    A symmetric matrix is given by its three entries [a], [b] (off the diagonal) and [c]. *)

Record matrix2 := Matrix2 { m11 : R; m12 : R; m22 : R }.
Definition det2 (M : matrix2) := m11 M * m22 M - m12 M * m12 M.
Definition definite2 (M : matrix2) := 0 < m11 M /\ 0 < det2 M.

(** The quadratic form y' M^-1 y, and the trace of M^-1 S. *)
Definition inverse_form2 (M : matrix2) y1 y2 :=
  (m22 M * y1 ^ 2 - 2 * m12 M * y1 * y2 + m11 M * y2 ^ 2) / det2 M.
Definition trace2 (M S : matrix2) :=
  (m22 M * m11 S - 2 * m12 M * m12 S + m11 M * m22 S) / det2 M.

Definition covariance_part (N : R) (S M : matrix2) := - (N / 2) * (ln (det2 M) + trace2 M S).

(** Trace and determinant of M^-1 S: the square of the trace is at least four determinants,
    because both eigenvalues are positive. *)
Lemma trace_square M S :
  definite2 M -> definite2 S ->
  m11 M * m11 S * (trace2 M S * det2 M) =
  det2 M * m11 S ^ 2 + (m11 S * m12 M - m11 M * m12 S) ^ 2 + m11 M ^ 2 * det2 S.
Proof.
  destruct M as [a b c], S as [s t u]. unfold definite2, trace2, det2. simpl.
  intros [Ha HM] [Hs HS]. field. lra.
Qed.

Lemma trace_bound M S :
  definite2 M -> definite2 S -> 2 * sqrt (det2 S / det2 M) <= trace2 M S.
Proof.
  intros HM HS. pose proof (trace_square M S HM HS) as E.
  destruct HM as [Ha HM], HS as [Hs HS].
  set (d := det2 S / det2 M). assert (0 < d) as Hd by now apply Rdiv_lt_0_compat.
  assert (det2 S = d * det2 M) as ES by (unfold d; field; lra).
  pose proof (sqrt_lt_R0 d Hd) as Hq. pose proof (sqrt_sqrt d (Rlt_le _ _ Hd)) as Hqq.
  set (q := sqrt d) in *.
  assert (0 < m11 M * m11 S * det2 M) as Hk by (repeat apply Rmult_lt_0_compat; assumption).
  apply (Rmult_le_reg_l (m11 M * m11 S * det2 M)); [assumption |].
  replace (m11 M * m11 S * det2 M * trace2 M S) with (m11 M * m11 S * (trace2 M S * det2 M)) by ring.
  rewrite E, ES, <- Hqq.
  assert (0 <= det2 M * (m11 S - q * m11 M) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
  pose proof (pow2_ge_0 (m11 S * m12 M - m11 M * m12 S)). nra.
Qed.

(** Twice the root of the determinant, less its logarithm, is at least two. *)
Lemma root_bound d : 0 < d -> 2 <= 2 * sqrt d - ln d /\ (2 * sqrt d - ln d = 2 -> d = 1).
Proof.
  intros Hd. pose proof (sqrt_lt_R0 d Hd) as Hq. pose proof (sqrt_sqrt d (Rlt_le _ _ Hd)) as Hqq.
  assert (ln d = 2 * ln (sqrt d)) as El.
  { rewrite <- Hqq at 1. rewrite ln_mult by assumption. ring. }
  pose proof (ln_le_minus_1 (sqrt d) Hq). split; [lra |].
  intros Heq. assert (sqrt d = 1) as E1 by (apply ln_eq_minus_1; lra).
  rewrite <- Hqq, E1. ring.
Qed.

Lemma m_step_covariance_scatter N S :
  0 < N -> definite2 S -> unique_maximiser definite2 (covariance_part N S) eq S.
Proof.
  intros HN HS. split; [assumption |]. intros M HM.
  pose proof (trace_bound M S HM HS) as Ht. pose proof (trace_square M S HM HS) as E.
  pose proof HM as [Ha HdM]. pose proof HS as [Hs HdS].
  set (d := det2 S / det2 M) in *. assert (0 < d) as Hd by now apply Rdiv_lt_0_compat.
  destruct (root_bound d Hd) as [Hr Hr1].
  assert (trace2 S S = 2) as ESS.
  { unfold trace2. replace (_ - _ + _) with (2 * det2 S) by (unfold det2; ring). field. lra. }
  assert (covariance_part N S S - covariance_part N S M = N / 2 * (trace2 M S - ln d - 2)) as El.
  { unfold covariance_part, d. rewrite ESS, ln_quotient by assumption. field. }
  assert (0 <= N / 2 * (trace2 M S - ln d - 2)) by (apply Rmult_le_pos; lra).
  split; [lra |]. intros Heq.
  assert (trace2 M S - ln d - 2 = 0) as Hz by (apply (Rmult_eq_reg_l (N / 2)); lra).
  assert (d = 1) as Hd1 by (apply Hr1; lra).
  assert (trace2 M S = 2) as Ht2 by (rewrite Hd1, ln_1 in Hz; lra).
  assert (det2 S = det2 M) as Edet by (replace (det2 S) with (d * det2 M) by (unfold d; field; lra); rewrite Hd1; ring).
  rewrite Ht2, Edet in E.
  assert (det2 M * (m11 S - m11 M) ^ 2 + (m11 S * m12 M - m11 M * m12 S) ^ 2 = 0) as Hsq by lra.
  pose proof (pow2_ge_0 (m11 S * m12 M - m11 M * m12 S)) as H2.
  assert (0 <= det2 M * (m11 S - m11 M) ^ 2) as H1 by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
  assert ((m11 S - m11 M) ^ 2 = 0) as H1z by (apply (Rmult_eq_reg_l (det2 M)); lra).
  assert (m11 M = m11 S) as E11 by (assert (m11 S - m11 M = 0) by (apply Rsqr_0_uniq; unfold Rsqr; lra); lra).
  assert (m12 M = m12 S) as E12.
  { assert (m11 S * m12 M - m11 M * m12 S = 0) as Hz2 by (apply Rsqr_0_uniq; unfold Rsqr; lra).
    rewrite E11 in Hz2. apply (Rmult_eq_reg_l (m11 S)); lra. }
  assert (m22 M = m22 S) as E22.
  { unfold det2 in Edet. rewrite E11, E12 in Edet. apply (Rmult_eq_reg_l (m11 S)); lra. }
  destruct M, S. simpl in *. congruence.
Qed.

(** For points: the scatter around any [mu], in particular around the new mean. *)
Definition scatter2 {I} (ns : list I) (r x y : I -> R) (mu nu : R) :=
  let N := ∑ n ∈ ns, r n in
  Matrix2 ((∑ n ∈ ns, (r n * (x n - mu) ^ 2)) / N)
          ((∑ n ∈ ns, (r n * ((x n - mu) * (y n - nu)))) / N)
          ((∑ n ∈ ns, (r n * (y n - nu) ^ 2)) / N).

(* claim: gmm-m-covariance; scope: two dimensions *)
Theorem m_step_covariance_2 {I} (ns : list I) (r x y : I -> R) (mu nu : R) :
  0 < ∑ n ∈ ns, r n -> definite2 (scatter2 ns r x y mu nu) ->
  unique_maximiser definite2
    (fun M => ∑ n ∈ ns, (r n * (- / 2 * (ln (det2 M) + inverse_form2 M (x n - mu) (y n - nu)))))
    eq (scatter2 ns r x y mu nu).
Proof.
  intros HN HS. set (S := scatter2 ns r x y mu nu) in *. set (N := ∑ n ∈ ns, r n) in *.
  assert (forall M, definite2 M ->
    ∑ n ∈ ns, (r n * (- / 2 * (ln (det2 M) + inverse_form2 M (x n - mu) (y n - nu)))) =
    covariance_part N S M) as E.
  { intros M [_ HM].
    rewrite (sum_ext ns _ (fun n => r n * (- / 2 * ln (det2 M)) +
      - / 2 / det2 M * (m22 M * (r n * (x n - mu) ^ 2) +
        (- 2 * m12 M * (r n * ((x n - mu) * (y n - nu))) + m11 M * (r n * (y n - nu) ^ 2)))))
      by (intros; unfold inverse_form2; field; lra).
    rewrite sum_plus, sum_factor_r, sum_factor, !sum_plus, !sum_factor. fold N.
    unfold covariance_part, trace2, S, scatter2. simpl. fold N. field. lra. }
  destruct (m_step_covariance_scatter N S HN HS) as [_ Hmax].
  split; [assumption |]. intros M HM. rewrite !E by assumption. now apply Hmax.
Qed.

(** ** Instances: three points of weight one, in the plane (0,0), (2,0), (1,3) *)

Definition points := [0; 1; 2]%nat.
Definition px (n : nat) : R := match n with 0%nat => 0 | 1%nat => 2 | _ => 1 end.
Definition py (n : nat) : R := match n with 0%nat => 0 | 1%nat => 0 | _ => 3 end.
Definition one {I} (_ : I) : R := 1.
Definition plane := [true; false].
Definition pxy (n : nat) (d : bool) := if d then px n else py n.
Definition precision (i j : bool) : R := if Bool.eqb i j then 2 else 1.

Lemma precision_definite : positive_definite plane precision.
Proof.
  intros v (i & _ & Hi). unfold form, plane. simpl.
  assert (0 < v i ^ 2) as H by (rewrite <- Rsqr_pow2; now apply Rsqr_pos_lt).
  pose proof (pow2_ge_0 (v true)). pose proof (pow2_ge_0 (v false)).
  pose proof (pow2_ge_0 (v true + v false)). unfold precision. destruct i; simpl in *; nra.
Qed.

Example m_step_mean_instance :
  unique_maximiser (fun _ => True) (mean_part points plane one pxy precision)
    (fun mu mu' => forall d, In d plane -> mu d = mu' d) (mean points one pxy).
Proof.
  apply m_step_mean; [intros [] [] _ _; reflexivity | exact precision_definite |].
  unfold points, one. simpl. lra.
Qed.

Example m_step_variance_instance :
  unique_maximiser (fun v => 0 < v)
    (fun v => ∑ n ∈ points, (one n * (- / 2 * (ln v + (px n - 1) ^ 2 / v)))) eq
    ((∑ n ∈ points, (one n * (px n - 1) ^ 2)) / ∑ n ∈ points, one n).
Proof. apply (m_step_variance points one px 1); unfold points, one, px; simpl; lra. Qed.

Example m_step_covariance_2_instance :
  unique_maximiser definite2
    (fun M => ∑ n ∈ points, (one n * (- / 2 * (ln (det2 M) + inverse_form2 M (px n - 1) (py n - 1)))))
    eq (scatter2 points one px py 1 1).
Proof.
  apply m_step_covariance_2; unfold definite2, det2, scatter2, points, one, px, py; simpl; lra.
Qed.
