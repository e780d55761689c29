(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * The Gaussian integral, and the divergence of two Gaussians (chapters 1 and 5)

    In one dimension. That the density integrates to one is proved without a plane and without polar
    coordinates: the square of the integral up to [x], plus another function of [x], is constant. *)

From Latent Require Import calculus.

Definition bell x := exp (- (x ^ 2 / 2)).

Lemma derive_bell x : is_derive bell x (- x * bell x).
Proof. unfold bell. auto_derive; [trivial | unfold Rdiv; simpl; field]. Qed.

Lemma continuous_bell x : continuous bell x.
Proof. apply (ex_derive_continuous bell). eexists. apply derive_bell. Qed.

Lemma bell_positive x : 0 < bell x.
Proof. apply exp_pos. Qed.

(** It falls faster than any power; this much is enough. *)
Lemma bell_bound x : bell x * (1 + x ^ 2 / 2) <= 1.
Proof.
  unfold bell. pose proof (exp_ineq1_le (x ^ 2 / 2)). pose proof (exp_pos (- (x ^ 2 / 2))).
  apply Rle_trans with (exp (- (x ^ 2 / 2)) * exp (x ^ 2 / 2)).
  - apply Rmult_le_compat_l; lra.
  - rewrite <- exp_plus. replace (- (x ^ 2 / 2) + x ^ 2 / 2) with 0 by ring. rewrite exp_0. lra.
Qed.

(** The integral from zero to [x]. *)
Definition area x := RInt bell 0 x.

Lemma bell_integrable a b : ex_RInt bell a b.
Proof. apply integrable_continuous, continuous_bell. Qed.

Lemma derive_area x : is_derive area x (bell x).
Proof.
  apply (is_derive_RInt (V := R_NormedModule) bell area 0 x); [| apply continuous_bell].
  apply filter_forall. intros y. apply (RInt_correct (V := R_CompleteNormedModule)), bell_integrable.
Qed.

(** The other function. *)
Definition slice x t := exp (- (x ^ 2 * (1 + t ^ 2) / 2)) / (1 + t ^ 2).
Definition rest x := RInt (slice x) 0 1.

Lemma derive_slice x t : is_derive (fun u => slice u t) x (- x * exp (- (x ^ 2 * (1 + t ^ 2) / 2))).
Proof.
  unfold slice. assert (0 < 1 + t ^ 2) by (pose proof (pow2_ge_0 t); lra).
  auto_derive; [trivial |]. unfold Rdiv; simpl. field. simpl in *. lra.
Qed.

Lemma continuous_slice x t : continuous (slice x) t.
Proof.
  apply (ex_derive_continuous (slice x)). unfold slice.
  assert (0 < 1 + t ^ 2) by (pose proof (pow2_ge_0 t); lra). auto_derive. lra.
Qed.

Lemma derive_rest x : is_derive rest x (- bell x * area x).
Proof.
  unfold rest.
  assert (RInt (fun t => Derive (fun u => slice u t) x) 0 1 = - bell x * area x) as E.
  { rewrite (RInt_ext _ (fun t => - bell x * (x * bell (x * t + 0)))).
    - rewrite RInt_times.
      + unfold area. f_equal.
        pose proof (RInt_comp_lin (V := R_CompleteNormedModule) bell x 0 0 1 (bell_integrable _ _)) as H.
        rewrite Rmult_0_r, Rmult_1_r, !Rplus_0_r in H. exact H.
      + exact (ex_RInt_comp_lin (V := R_NormedModule) bell x 0 0 1 (bell_integrable _ _)).
    - intros t _. transitivity (- x * exp (- (x ^ 2 * (1 + t ^ 2) / 2)));
        [apply is_derive_unique, derive_slice | unfold bell].
      replace (- (x ^ 2 * (1 + t ^ 2) / 2)) with (- (x ^ 2 / 2) + - ((x * t + 0) ^ 2 / 2)) by field.
      rewrite exp_plus. real. ring. }
  rewrite <- E. apply is_derive_RInt_param.
  - apply filter_forall. intros y t _. eexists. apply derive_slice.
  - intros t _. apply (continuity_2d_pt_ext (fun u v => - u * exp (- (u ^ 2 * (1 + v ^ 2) / 2)))).
    { intros u v. symmetry. apply is_derive_unique, derive_slice. }
    apply continuity_2d_pt_mult; [apply continuity_2d_pt_opp, continuity_2d_pt_id1 |].
    apply (continuity_1d_2d_pt_comp exp); [apply derivable_continuous_pt, derivable_pt_exp |].
    apply continuity_2d_pt_opp. unfold Rdiv.
    repeat first [apply continuity_2d_pt_mult | apply continuity_2d_pt_plus | apply continuity_2d_pt_const
      | apply continuity_2d_pt_id1 | apply continuity_2d_pt_id2].
  - apply filter_forall. intros y. apply integrable_continuous, continuous_slice.
Qed.

Lemma rest_0 : rest 0 = PI / 4.
Proof.
  unfold rest. rewrite (RInt_ext _ (fun t => / (1 + t²))).
  - rewrite <- atan_1. replace (atan 1) with (minus (atan 1) (atan 0)) by (rewrite atan_0; unfold minus, plus, opp; simpl; ring).
    apply is_RInt_unique. apply (is_RInt_derive (V := R_CompleteNormedModule) atan).
    + intros x _. apply is_derive_atan.
    + intros x _. apply (ex_derive_continuous (fun t => / (1 + t²))). unfold Rsqr.
      auto_derive. pose proof (pow2_ge_0 x). lra.
  - intros t _. unfold slice, Rsqr. rewrite pow_i by auto with arith.
    replace (- (0 * (1 + t ^ 2) / 2)) with 0 by field. rewrite exp_0.
    pose proof (pow2_ge_0 t). real. field. simpl in *. lra.
Qed.

(** The square of the area plus twice the rest does not change. *)
Lemma area_square x : area x ^ 2 + 2 * rest x = PI / 2.
Proof.
  set (H := fun u => area u ^ 2 + 2 * rest u).
  assert (forall u, is_derive H u 0) as HD.
  { intros u. unfold H. pose proof (derive_area u) as Da. pose proof (derive_rest u) as Dr.
    evar_last.
    - apply (is_derive_plus (fun v => area v ^ 2) (fun v => 2 * rest v)).
      + apply (is_derive_pow area 2 u (bell u) Da).
      + apply (is_derive_scal rest u 2 _ Dr).
    - unfold plus, scal, mult; simpl. unfold mult; simpl. ring. }
  assert (H 0 = PI / 2) as H0.
  { unfold H, area. rewrite (RInt_point (V := R_CompleteNormedModule)), rest_0. unfold zero; simpl. field. }
  fold (H x). rewrite <- H0. destruct (Rtotal_order x 0) as [Hlt | [-> | Hgt]]; [| reflexivity |].
  - apply (eq_is_derive (V := R_NormedModule)); [intros; apply HD | assumption].
  - symmetry. apply (eq_is_derive (V := R_NormedModule)); [intros; apply HD | assumption].
Qed.

Lemma rest_bounds x : 0 <= rest x <= bell x.
Proof.
  assert (forall t, 0 <= slice x t <= bell x) as Hs.
  { intros t. unfold slice, bell. assert (0 <= t ^ 2) as Ht by apply pow2_ge_0.
    pose proof (exp_pos (- (x ^ 2 * (1 + t ^ 2) / 2))). split.
    - apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra].
    - apply Rle_trans with (exp (- (x ^ 2 * (1 + t ^ 2) / 2))).
      + rewrite <- (Rmult_1_r (exp _)) at 2. apply Rmult_le_compat_l; [lra |].
        rewrite <- Rinv_1. apply Rinv_le_contravar; lra.
      + assert (0 <= x ^ 2 * t ^ 2) by (apply Rmult_le_pos; [apply pow2_ge_0 | assumption]).
        destruct (Req_dec (x ^ 2 * t ^ 2) 0) as [Hz | Hnz].
        * right. f_equal. replace (x ^ 2 * (1 + t ^ 2)) with (x ^ 2 + x ^ 2 * t ^ 2) by ring. rewrite Hz. field.
        * left. apply exp_increasing. lra. }
  assert (ex_RInt (slice x) 0 1) as Hex by (apply integrable_continuous, continuous_slice).
  assert (forall c : R, RInt (V := R_CompleteNormedModule) (fun _ => c) 0 1 = c) as Hc
    by (intros c; rewrite RInt_constant; real; ring).
  unfold rest. split.
  - apply Rle_trans with (RInt (V := R_CompleteNormedModule) (fun _ => 0) 0 1); [rewrite Hc; lra |].
    apply RInt_le; [lra | apply ex_RInt_const | assumption | intros; apply Hs].
  - apply Rle_trans with (RInt (V := R_CompleteNormedModule) (fun _ => bell x) 0 1); [| rewrite Hc; lra].
    apply RInt_le; [lra | assumption | apply ex_RInt_const | intros; apply Hs].
Qed.

Definition half_area := sqrt (PI / 2).

Lemma half_area_positive : 0 < half_area.
Proof. apply sqrt_lt_R0. pose proof PI_RGT_0. lra. Qed.

Lemma half_area_square : half_area * half_area = PI / 2.
Proof. apply sqrt_sqrt. pose proof PI_RGT_0. lra. Qed.

(** Twice the half area is the root of 2 pi. *)
Lemma twice_half_area : half_area - - half_area = sqrt (2 * PI).
Proof.
  pose proof half_area_positive as Hp. pose proof PI_RGT_0.
  replace (half_area - - half_area) with (2 * half_area) by ring.
  rewrite <- (sqrt_square (2 * half_area)) by lra. f_equal.
  replace (2 * half_area * (2 * half_area)) with (4 * (half_area * half_area)) by ring.
  rewrite half_area_square. field.
Qed.

Lemma area_near x : 0 < x -> Rabs (area x - half_area) <= 2 * bell x / half_area.
Proof.
  intros Hx. pose proof half_area_positive as Hp.
  assert (0 <= area x) as Ha.
  { unfold area. replace 0 with (RInt (V := R_CompleteNormedModule) (fun _ => 0) 0 x) at 1.
    - apply RInt_le; [lra | apply ex_RInt_const | apply bell_integrable | intros; apply Rlt_le, bell_positive].
    - rewrite RInt_constant. real. ring. }
  pose proof (area_square x) as E. pose proof (rest_bounds x) as [Hr0 Hr1].
  assert ((half_area - area x) * (half_area + area x) = 2 * rest x) as Ed by
    (pose proof half_area_square; lra).
  assert (0 <= half_area - area x) as Hd.
  { apply (Rmult_le_reg_r (half_area + area x)); lra. }
  rewrite Rabs_minus_sym, Rabs_pos_eq by assumption.
  apply (Rmult_le_reg_r half_area); [assumption |].
  replace (2 * bell x / half_area * half_area) with (2 * bell x) by (field; lra).
  assert (0 <= (half_area - area x) * area x) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma area_odd x : area (- x) = - area x.
Proof.
  unfold area.
  assert (RInt (fun y => scal (-1) (bell (-1 * y + 0))) 0 x = RInt bell (-1 * 0 + 0) (-1 * x + 0)) as E
    by apply (RInt_comp_lin (V := R_CompleteNormedModule) bell (-1) 0 0 x), bell_integrable.
  replace (-1 * 0 + 0) with 0 in E by ring. replace (-1 * x + 0) with (- x) in E by ring.
  rewrite <- E. rewrite (RInt_ext _ (fun y => -1 * bell y)).
  - rewrite RInt_times by apply bell_integrable. real. ring.
  - intros y _. change (-1 * bell (-1 * y + 0) = -1 * bell y). unfold bell.
    now replace ((-1 * y + 0) ^ 2) with (y ^ 2) by (simpl; ring).
Qed.

(** Far out, the bell and [x] times the bell are small. *)
Lemma bell_small eps : 0 < eps -> exists M, 0 < M /\ forall x, M < x -> bell x < eps /\ x * bell x < eps.
Proof.
  intros He. exists (1 + 2 / eps). assert (0 < 2 / eps) by (apply Rdiv_lt_0_compat; lra).
  split; [lra |]. intros x Hx. pose proof (bell_bound x). pose proof (bell_positive x).
  assert (x * bell x < eps).
  { apply (Rmult_lt_reg_r (x / 2)); [lra |].
    apply Rlt_le_trans with 1.
    - replace (x * bell x * (x / 2)) with (bell x * (x ^ 2 / 2)) by field. lra.
    - replace 1 with (eps * (2 / eps / 2)) by (field; lra). apply Rmult_le_compat_l; lra. }
  split; [| assumption]. nra.
Qed.

(** ** The three integrals *)

Lemma integral_bell : is_integral bell (sqrt (2 * PI)).
Proof.
  rewrite <- twice_half_area. pose proof half_area_positive as Hp.
  apply (integral_primitive area bell); [apply derive_area | apply continuous_bell |].
  intros eps He. destruct (bell_small (eps * half_area / 2)) as (M & HM0 & HM).
  { apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | lra]. }
  exists M. split; [assumption |]. intros x Hx. destruct (HM x Hx) as [Hb _].
  assert (Rabs (area x - half_area) < eps).
  { eapply Rle_lt_trans; [apply area_near; lra |].
    apply (Rmult_lt_reg_r half_area); [assumption |].
    replace (2 * bell x / half_area * half_area) with (2 * bell x) by (field; lra). lra. }
  split; [assumption |]. rewrite area_odd.
  replace (- area x - - half_area) with (- (area x - half_area)) by ring. now rewrite Rabs_Ropp.
Qed.

Lemma integral_bell_1 : is_integral (fun x => x * bell x) 0.
Proof.
  replace 0 with (0 - 0) by ring. apply (integral_primitive (fun x => - bell x)).
  - intros x. replace (x * bell x) with (opp (- x * bell x)) by (unfold opp; simpl; ring).
    apply (is_derive_opp bell), derive_bell.
  - intros x. apply (ex_derive_continuous (fun x => x * bell x)). unfold bell. auto_derive. trivial.
  - intros eps He. destruct (bell_small eps He) as (M & HM0 & HM). exists M. split; [assumption |].
    intros x Hx. destruct (HM x Hx) as [Hb _]. pose proof (bell_positive x).
    assert (bell (- x) = bell x) as Es by (unfold bell; now replace ((- x) ^ 2) with (x ^ 2) by ring). rewrite Es, !Rminus_0_r, Rabs_Ropp.
    rewrite Rabs_pos_eq by lra. auto.
Qed.

Lemma integral_bell_2 : is_integral (fun x => x ^ 2 * bell x) (sqrt (2 * PI)).
Proof.
  apply (integral_ext (fun x => bell x + -1 * ((1 - x ^ 2) * bell x))); [intros; ring |].
  replace (sqrt (2 * PI)) with (sqrt (2 * PI) + -1 * (0 - 0)) by ring.
  apply integral_plus; [exact integral_bell |]. apply integral_scale.
  apply (integral_primitive (fun x => x * bell x)).
  - intros x. unfold bell. auto_derive; [trivial | unfold Rdiv; simpl; field].
  - intros x. apply (ex_derive_continuous (fun x => (1 - x ^ 2) * bell x)). unfold bell. auto_derive. trivial.
  - intros eps He. destruct (bell_small eps He) as (M & HM0 & HM). exists M. split; [assumption |].
    intros x Hx. destruct (HM x Hx) as [_ Hb]. pose proof (bell_positive x).
    assert (bell (- x) = bell x) as Es by (unfold bell; now replace ((- x) ^ 2) with (x ^ 2) by ring). rewrite Es, !Rminus_0_r.
    rewrite Ropp_mult_distr_l_reverse, Rabs_Ropp.
    rewrite Rabs_pos_eq by (apply Rmult_le_pos; lra). auto.
Qed.

(** ** The density with mean [m] and standard deviation [s] *)

Definition normal m s z := bell ((z - m) / s) / (s * sqrt (2 * PI)).

Lemma root_positive : 0 < sqrt (2 * PI).
Proof. apply sqrt_lt_R0. pose proof PI_RGT_0. lra. Qed.

Lemma normal_positive m s z : 0 < s -> 0 < normal m s z.
Proof.
  intros Hs. apply Rdiv_lt_0_compat; [apply bell_positive |].
  apply Rmult_lt_0_compat; [assumption | exact root_positive].
Qed.

Lemma ln_normal m s z :
  0 < s -> ln (normal m s z) = - (((z - m) / s) ^ 2 / 2) - ln s - ln (2 * PI) / 2.
Proof.
  intros Hs. pose proof root_positive as Hr. pose proof PI_RGT_0 as Hpi. unfold normal, Rdiv at 1.
  rewrite ln_mult; [| apply bell_positive | apply Rinv_0_lt_compat, Rmult_lt_0_compat; assumption].
  rewrite ln_Rinv by now apply Rmult_lt_0_compat. rewrite ln_mult by assumption.
  assert (ln (2 * PI) = 2 * ln (sqrt (2 * PI))) as ->.
  { rewrite <- (sqrt_sqrt (2 * PI)) at 1 by lra. rewrite ln_mult by assumption. ring. }
  unfold bell. rewrite ln_exp. field.
  lra.
Qed.

(** The average of a quadratic in [e = (z - m) / s]. *)

(* claim: elbo-linear; scope: the average, without the covariance *)
Theorem gaussian_quadratic m s c0 c1 c2 :
  0 < s ->
  is_integral (fun z => normal m s z * (c0 + c1 * ((z - m) / s) + c2 * ((z - m) / s) ^ 2)) (c0 + c2).
Proof.
  intros Hs. pose proof root_positive as Hr.
  set (f := fun x => / sqrt (2 * PI) * (c0 * bell x + c1 * (x * bell x) + c2 * (x ^ 2 * bell x))).
  apply (integral_ext (fun z => f ((z - m) / s) / s)).
  { intros z. unfold f, normal. field. lra. }
  apply integral_affine; [assumption |].
  replace (c0 + c2) with (/ sqrt (2 * PI) * (c0 * sqrt (2 * PI) + c1 * 0 + c2 * sqrt (2 * PI))) by (field; lra).
  apply integral_scale.
  apply (integral_plus (fun x => c0 * bell x + c1 * (x * bell x)) (fun x => c2 * (x ^ 2 * bell x))).
  - apply (integral_plus (fun x => c0 * bell x) (fun x => c1 * (x * bell x))); apply integral_scale;
      [exact integral_bell | exact integral_bell_1].
  - apply (integral_scale (fun x => x ^ 2 * bell x)). exact integral_bell_2.
Qed.

(* claim: gaussian-normalised; scope: one dimension *)
Theorem gaussian_normalised m s : 0 < s -> is_integral (normal m s) 1.
Proof.
  intros Hs. replace 1 with (1 + 0) by ring.
  apply (integral_ext (fun z => normal m s z * (1 + 0 * ((z - m) / s) + 0 * ((z - m) / s) ^ 2)));
    [intros; ring | now apply gaussian_quadratic].
Qed.

(* claim: gauss-entropy; scope: one dimension *)
Theorem gauss_entropy m s :
  0 < s ->
  is_integral (fun z => normal m s z * - ln (normal m s z)) (/ 2 * (1 + ln (2 * PI)) + / 2 * ln (s ^ 2)).
Proof.
  intros Hs. assert (ln (s ^ 2) = 2 * ln s) as -> by (simpl; rewrite Rmult_1_r, ln_mult by assumption; ring).
  replace (_ + _) with (ln s + ln (2 * PI) / 2 + / 2) by field.
  apply (integral_ext (fun z => normal m s z *
    (ln s + ln (2 * PI) / 2 + 0 * ((z - m) / s) + / 2 * ((z - m) / s) ^ 2)));
    [intros z; rewrite ln_normal by assumption; field; lra | now apply gaussian_quadratic].
Qed.

(** The divergence from N(m, s^2) to N(m', s'^2), as the integral that defines it. *)

(* claim: gauss-kl gauss-kl-diagonal; scope: one dimension *)
Theorem gauss_kl m s m' s' :
  0 < s -> 0 < s' ->
  is_integral (fun z => normal m s z * ln (normal m s z / normal m' s' z))
    (ln (s' / s) + (s ^ 2 + (m - m') ^ 2) / (2 * s' ^ 2) - / 2).
Proof.
  intros Hs Hs'.
  assert (forall x y, 0 < x -> 0 < y -> ln (x / y) = ln x - ln y) as ln_quotient.
  { intros x y Hx Hy. unfold Rdiv. rewrite ln_mult, ln_Rinv; auto using Rinv_0_lt_compat. }
  rewrite ln_quotient by assumption.
  replace (ln s' - ln s + (s ^ 2 + (m - m') ^ 2) / (2 * s' ^ 2) - / 2)
    with ((ln s' - ln s + (m - m') ^ 2 / (2 * s' ^ 2)) + (s ^ 2 / (2 * s' ^ 2) - / 2)) by (field; lra).
  apply (integral_ext (fun z => normal m s z *
    ((ln s' - ln s + (m - m') ^ 2 / (2 * s' ^ 2)) + (s * (m - m') / s' ^ 2) * ((z - m) / s) +
     (s ^ 2 / (2 * s' ^ 2) - / 2) * ((z - m) / s) ^ 2))); [| now apply gaussian_quadratic].
  intros z. rewrite ln_quotient, !ln_normal by (try apply normal_positive; assumption).
  field. lra.
Qed.

(** With a standard normal for the second, and the logarithm of the variance as parameter. *)

(* claim: gauss-kl-standard; scope: one dimension *)
Theorem gauss_kl_standard m lambda :
  is_integral (fun z => normal m (exp (lambda / 2)) z * ln (normal m (exp (lambda / 2)) z / normal 0 1 z))
    (- / 2 * (1 + lambda - m ^ 2 - exp lambda)).
Proof.
  pose proof (exp_pos (lambda / 2)) as Hs.
  assert (exp (lambda / 2) ^ 2 = exp lambda) as Esq.
  { simpl. rewrite Rmult_1_r, <- exp_plus. f_equal. field. }
  assert (ln (1 / exp (lambda / 2)) = - (lambda / 2)) as Eln.
  { unfold Rdiv at 1. rewrite Rmult_1_l, ln_Rinv, ln_exp by assumption. reflexivity. }
  pose proof (gauss_kl m (exp (lambda / 2)) 0 1 Hs Rlt_0_1) as H.
  rewrite Esq, Eln in H.
  replace (- / 2 * (1 + lambda - m ^ 2 - exp lambda))
    with (- (lambda / 2) + (exp lambda + (m - 0) ^ 2) / (2 * 1 ^ 2) - / 2) by field.
  exact H.
Qed.

(** A component that collapses onto its own mean. *)

(* claim: gmm-collapse; scope: one dimension *)
Theorem gmm_collapse m s : 0 < s -> normal m s m = / (sqrt (2 * PI) * s).
Proof.
  intros Hs. pose proof root_positive. unfold normal, bell.
  replace ((m - m) / s) with 0 by (field; lra).
  replace (- (0 ^ 2 / 2)) with 0 by field. rewrite exp_0. field. lra.
Qed.

(** ** Instances *)

Example gaussian_quadratic_instance :
  is_integral (fun z => normal 3 2 z * (1 + 4 * ((z - 3) / 2) + 5 * ((z - 3) / 2) ^ 2)) (1 + 5).
Proof. apply gaussian_quadratic. lra. Qed.

Example gaussian_normalised_instance : is_integral (normal 3 2) 1.
Proof. apply gaussian_normalised. lra. Qed.

Example gauss_entropy_instance :
  is_integral (fun z => normal 3 2 z * - ln (normal 3 2 z)) (/ 2 * (1 + ln (2 * PI)) + / 2 * ln (2 ^ 2)).
Proof. apply gauss_entropy. lra. Qed.

Example gauss_kl_instance :
  is_integral (fun z => normal 1 2 z * ln (normal 1 2 z / normal 0 1 z))
    (ln (1 / 2) + (2 ^ 2 + (1 - 0) ^ 2) / (2 * 1 ^ 2) - / 2).
Proof. apply gauss_kl; lra. Qed.

Example gauss_kl_standard_instance :
  is_integral (fun z => normal 1 (exp (0 / 2)) z * ln (normal 1 (exp (0 / 2)) z / normal 0 1 z))
    (- / 2 * (1 + 0 - 1 ^ 2 - exp 0)).
Proof. exact (gauss_kl_standard 1 0). Qed.

Example gmm_collapse_instance : normal 5 (1 / 100) 5 = / (sqrt (2 * PI) * (1 / 100)).
Proof. apply gmm_collapse. lra. Qed.
