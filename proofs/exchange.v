(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * When derivative and integral may be exchanged (chapter 4)

    For one parameter and noise on the line. [F phi e] is what is averaged, its density included; [F']
    is its derivative in [phi], and [C] one integrable function that bounds it for all [phi] near [phi0]. *)

From Latent Require Import calculus gaussian.

(** ** Integrable bounds *)

(** Far out, little of an integral is left. *)
Lemma tails (C : R -> R) K : is_integral C K -> forall eps, 0 < eps -> exists M, 0 < M /\
  forall a' a b b', a' <= a -> a < - M -> M < b -> b <= b' -> RInt C a' a + RInt C b b' < eps.
Proof.
  intros [HC HK] eps He. destruct (HK (eps / 2)) as (M & HM0 & HM); [lra |].
  exists M. split; [assumption |]. intros a' a b b' Ha' Ha Hb Hb'.
  pose proof (RInt_join C a' a b HC). pose proof (RInt_join C a' b b' HC).
  assert (Rabs (RInt C a' b' - K) < eps / 2) as H1 by (apply HM; lra).
  assert (Rabs (RInt C a b - K) < eps / 2) as H2 by (apply HM; lra).
  apply Rabs_def2 in H1. apply Rabs_def2 in H2. lra.
Qed.

Lemma RInt_bounded (f C : R -> R) a b :
  a <= b -> (forall a b, ex_RInt f a b) -> (forall a b, ex_RInt C a b) ->
  (forall e, Rabs (f e) <= C e) -> Rabs (RInt f a b) <= RInt C a b.
Proof.
  intros Hab Hf HC H. eapply Rle_trans; [apply abs_RInt_le; auto |].
  apply RInt_le; auto. apply (ex_RInt_norm f a b (Hf a b)).
Qed.

(** A wider window changes an integral by no more than the bound's tails. *)
Lemma window (f C : R -> R) a' a b b' :
  a' <= a -> a <= b -> b <= b' -> (forall a b, ex_RInt f a b) -> (forall a b, ex_RInt C a b) ->
  (forall e, Rabs (f e) <= C e) ->
  Rabs (RInt f a' b' - RInt f a b) <= RInt C a' a + RInt C b b'.
Proof.
  intros Ha Hab Hb Hf HC H.
  pose proof (RInt_join f a' a b Hf). pose proof (RInt_join f a' b b' Hf).
  replace (RInt f a' b' - RInt f a b) with (RInt f a' a + RInt f b b') by lra.
  eapply Rle_trans; [apply Rabs_triang |]. apply Rplus_le_compat; now apply RInt_bounded.
Qed.

Lemma integral_within (f : R -> R) J a b X c :
  is_integral f J -> (forall a' b', a' <= a -> b <= b' -> Rabs (RInt f a' b' - X) <= c) -> Rabs (J - X) <= c.
Proof.
  intros [_ HJ] H. apply Rnot_lt_le. intros Hlt.
  destruct (HJ (Rabs (J - X) - c)) as (M & HM0 & HM); [lra |].
  set (a' := Rmin a (- M) - 1). set (b' := Rmax b M + 1).
  pose proof (Rmin_l a (- M)). pose proof (Rmin_r a (- M)). pose proof (Rmax_l b M). pose proof (Rmax_r b M).
  assert (Rabs (RInt f a' b' - J) < Rabs (J - X) - c) as HJ1 by (apply HM; unfold a', b'; lra).
  assert (Rabs (RInt f a' b' - X) <= c) as HX1 by (apply H; unfold a', b'; lra).
  assert (Rabs (J - X) <= Rabs (RInt f a' b' - X) + Rabs (RInt f a' b' - J)); [| lra].
  replace (J - X) with ((RInt f a' b' - X) - (RInt f a' b' - J)) by ring.
  eapply Rle_trans; [apply Rabs_triang |]. rewrite Rabs_Ropp. lra.
Qed.

(** A function with an integrable bound has an integral. *)
Lemma integral_dominated (f C : R -> R) K :
  (forall a b, ex_RInt f a b) -> (forall e, Rabs (f e) <= C e) -> is_integral C K ->
  exists J, is_integral f J.
Proof.
  intros Hf Hb HC. pose proof (tails C K HC) as Ht. destruct HC as [HC _].
  set (u := (fun n => RInt f (- INR n) (INR n)) : nat -> R).
  assert (forall eps, 0 < eps -> exists N, forall a' b', a' <= - INR N -> INR N <= b' ->
    Rabs (RInt f a' b' - u N) < eps) as Hu.
  { intros eps He. destruct (Ht eps He) as (M & HM0 & HM).
    destruct (nfloor_ex M) as (n & _ & Hn); [lra |].
    exists (S n). intros a' b' Ha' Hb'. rewrite S_INR in *. unfold u. rewrite S_INR.
    eapply Rle_lt_trans; [apply (window f C) | apply HM]; auto; lra. }
  destruct (Rcomplete.R_complete u) as [J HJ].
  { intros eps He. destruct (Hu (eps / 2)) as [N HN]; [lra |]. exists N. intros n m Hn Hm.
    apply le_INR in Hn. apply le_INR in Hm. unfold R_dist.
    assert (Rabs (u n - u N) < eps / 2) as H1 by (apply HN; lra).
    assert (Rabs (u m - u N) < eps / 2) as H2 by (apply HN; lra).
    apply Rabs_def2 in H1. apply Rabs_def2 in H2. apply Rabs_def1; lra. }
  exists J. split; [assumption |]. intros eps He.
  destruct (Hu (eps / 4)) as [N HN]; [lra |]. destruct (HJ (eps / 4)) as [N' HN']; [lra |].
  exists (INR N + 1). pose proof (pos_INR N). split; [lra |]. intros a b Ha Hb'.
  assert (Rabs (RInt f a b - u N) < eps / 4) as H1 by (apply HN; lra).
  assert (Rabs (u (N + N')%nat - u N) < eps / 4) as H2.
  { pose proof (pos_INR N'). apply HN; rewrite plus_INR; lra. }
  assert (Rabs (u (N + N')%nat - J) < eps / 4) as H3 by (apply HN'; auto with arith).
  apply Rabs_def2 in H1. apply Rabs_def2 in H2. apply Rabs_def2 in H3. apply Rabs_def1; lra.
Qed.

(** ** The exchange *)

Section Exchange.
  Variables (F F' : R -> R -> R) (I : R -> R) (C : R -> R) (phi0 r : R).

  Definition near phi := Rabs (phi - phi0) < r.

  Definition differentiable := forall phi e, near phi -> is_derive (fun u => F u e) phi (F' phi e).

  (** The conditions. The last is Riemann's price: [F'] is continuous in both arguments together. *)
  Definition dominated :=
    0 < r /\
    (forall phi, near phi -> is_integral (F phi) (I phi)) /\
    (forall phi e, near phi -> Rabs (F' phi e) <= C e) /\
    (exists K, is_integral C K) /\
    (forall e, continuity_2d_pt F' phi0 e).

  Hypothesis HD : differentiable.
  Hypothesis H : dominated.

  Lemma near_phi0 : near phi0.
  Proof. unfold near. rewrite Rminus_eq_0, Rabs_R0. apply H. Qed.

  Lemma locally_near phi : near phi -> locally phi near.
  Proof.
    intros Hn. assert (0 < r - Rabs (phi - phi0)) as Hd by (unfold near in Hn; lra).
    exists (mkposreal _ Hd). intros y Hy. unfold near in *. change (Rabs (y - phi) < r - Rabs (phi - phi0)) in Hy.
    replace (y - phi0) with ((y - phi) + (phi - phi0)) by ring.
    eapply Rle_lt_trans; [apply Rabs_triang | lra].
  Qed.

  Lemma derivative_continuous e : continuous (F' phi0) e.
  Proof.
    destruct H as (_ & _ & _ & _ & Hc). specialize (Hc e).
    intros P [eps HP]. destruct (Hc eps) as [delta Hd]. exists delta. intros y Hy.
    apply HP. apply Hd; [rewrite Rminus_eq_0, Rabs_R0; apply cond_pos | exact Hy].
  Qed.

  (** On an interval the library knows the answer. *)
  Lemma derive_window a b :
    is_derive (fun phi => RInt (F phi) a b) phi0 (RInt (F' phi0) a b).
  Proof.
    destruct H as (Hr & HI & _ & _ & Hc).
    assert (RInt (F' phi0) a b = RInt (fun t => Derive (fun u => F u t) phi0) a b) as ->.
    { apply RInt_ext. intros t _. symmetry. apply is_derive_unique, HD, near_phi0. }
    apply is_derive_RInt_param.
    - apply (filter_imp near); [| exact (locally_near phi0 near_phi0)]. intros phi Hn t _. eexists. now apply HD.
    - intros t _. apply (continuity_2d_pt_ext_loc F'); [| apply Hc].
      exists (mkposreal r Hr). intros u v Hu _. symmetry. apply is_derive_unique, HD. exact Hu.
    - apply (filter_imp near); [| exact (locally_near phi0 near_phi0)]. intros phi Hn. apply (HI phi Hn).
  Qed.

  (** A difference is at most the step times the bound: the mean value theorem. *)
  Lemma step_bound h e : Rabs h < r -> Rabs (F (phi0 + h) e - F phi0 e) <= Rabs h * C e.
  Proof.
    intros Hh. destruct H as (Hr & _ & HC & _).
    assert (forall x, Rmin phi0 (phi0 + h) <= x <= Rmax phi0 (phi0 + h) -> near x) as Hn.
    { intros x [H1 H2]. unfold near. apply Rabs_def2 in Hh. revert H1 H2.
      unfold Rmin, Rmax. destruct (Rle_dec phi0 (phi0 + h)); intros; apply Rabs_def1; lra. }
    destruct (MVT_gen (fun u => F u e) phi0 (phi0 + h) (fun u => F' u e)) as (c & Hc & E).
    - intros x Hx. apply HD, Hn. lra.
    - intros x Hx. apply derivable_continuous_pt. exists (F' x e). apply is_derive_Reals, HD, Hn, Hx.
    - simpl in E. rewrite E. replace (phi0 + h - phi0) with h by ring. rewrite Rabs_mult, Rmult_comm.
      apply Rmult_le_compat_l; [apply Rabs_pos | apply HC, Hn, Hc].
  Qed.
End Exchange.

(** The integral of the derivative exists, and it is the derivative of the integral. *)

(* claim: grad-pathwise; scope: one parameter, noise on the line *)
Theorem exchange F F' I C phi0 r :
  differentiable F F' phi0 r -> dominated F F' I C phi0 r ->
  exists J, is_integral (F' phi0) J /\ is_derive I phi0 J.
Proof.
  intros HD H. pose proof H as (Hr & HI & HC & [K HK] & Hc).
  pose proof (integrable_continuous (F' phi0) (derivative_continuous F F' I C phi0 r H)) as HF'.
  destruct (integral_dominated (F' phi0) C K) as [J HJ]; try assumption.
  { intros e. apply HC. exact (near_phi0 F F' I C phi0 r H). }
  exists J. split; [assumption |]. apply is_derive_Reals. intros eps He.
  destruct (tails C K HK (eps / 4)) as (M & HM0 & HM); [lra |].
  destruct HK as [HCi _].
  set (a := - (M + 1)). set (b := M + 1).
  pose proof (derive_window F F' I C phi0 r HD H a b) as HG. apply is_derive_Reals in HG.
  destruct (HG (eps / 4)) as [delta Hd]; [lra |].
  assert (0 < Rmin delta r) as Hm by (apply Rmin_pos; [apply cond_pos | assumption]).
  exists (mkposreal _ Hm). intros h Hh Hlt. simpl in Hlt.
  assert (Rabs h < delta) as H1 by (eapply Rlt_le_trans; [exact Hlt | apply Rmin_l]).
  assert (Rabs h < r) as H2 by (eapply Rlt_le_trans; [exact Hlt | apply Rmin_r]).
  specialize (Hd h Hh H1).
  assert (near phi0 r (phi0 + h)) as Hn by (unfold near; replace (phi0 + h - phi0) with h by ring; assumption).
  pose proof (HI phi0 (near_phi0 F F' I C phi0 r H)) as I0. pose proof (HI (phi0 + h) Hn) as Ih.
  assert (Rabs (J - RInt (F' phi0) a b) <= eps / 4) as HJD.
  { apply (integral_within (F' phi0) J a b); [assumption |]. intros a' b' Ha Hb.
    eapply Rle_trans; [apply (window (F' phi0) C); auto; unfold a, b in *; try lra |].
    - intros e. apply HC. exact (near_phi0 F F' I C phi0 r H).
    - apply Rlt_le, HM; unfold a, b in *; lra. }
  assert (Rabs ((I (phi0 + h) - I phi0) - (RInt (F (phi0 + h)) a b - RInt (F phi0) a b)) <= Rabs h * (eps / 4)) as HW.
  { set (f := fun e => F (phi0 + h) e - F phi0 e).
    assert (forall a b, RInt f a b = RInt (F (phi0 + h)) a b - RInt (F phi0) a b) as Ef
      by (intros; apply RInt_difference; [apply Ih | apply I0]).
    assert (is_integral f (I (phi0 + h) - I phi0)) as Hf.
    { apply (integral_ext (fun e => F (phi0 + h) e + -1 * F phi0 e)); [intros; unfold f; ring |].
      replace (I (phi0 + h) - I phi0) with (I (phi0 + h) + -1 * I phi0) by ring.
      apply integral_plus; [assumption | now apply integral_scale]. }
    rewrite <- Ef. apply (integral_within f _ a b); [assumption |]. intros a' b' Ha Hb.
    eapply Rle_trans; [apply (window f (fun e => Rabs h * C e)); unfold a, b in *; try lra |].
    - apply Hf.
    - intros x y. exact (ex_RInt_scal (V := R_CompleteNormedModule) C x y (Rabs h) (HCi x y)).
    - intros e. exact (step_bound F F' I C phi0 r HD H h e H2).
    - rewrite !RInt_times, <- Rmult_plus_distr_l by apply HCi.
      apply Rmult_le_compat_l; [apply Rabs_pos |]. apply Rlt_le, HM; unfold a, b in *; lra. }
  assert (0 < Rabs h) as Hh0 by now apply Rabs_pos_lt.
  set (dI := I (phi0 + h) - I phi0) in *. set (dG := RInt (F (phi0 + h)) a b - RInt (F phi0) a b) in *.
  replace (dI / h - J) with ((dI - dG) / h + (dG / h - RInt (F' phi0) a b) - (J - RInt (F' phi0) a b)) by (field; assumption).
  assert (Rabs ((dI - dG) / h) <= eps / 4) as HQ.
  { unfold Rdiv. rewrite Rabs_mult, Rabs_inv. apply (Rmult_le_reg_r (Rabs h)); [assumption |].
    rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. fold (eps / 4). lra. }
  eapply Rle_lt_trans; [apply Rabs_triang |]. rewrite Rabs_Ropp.
  eapply Rle_lt_trans; [apply Rplus_le_compat_r, Rabs_triang |]. lra.
Qed.

(** ** Both estimators

    Pathwise: [p e] is the density of the noise, [g phi e] the outcome, [f] what is averaged. *)

(* claim: grad-pathwise; scope: one parameter, noise on the line *)
Theorem grad_pathwise p f f' g g' I C phi0 r :
  (forall phi e, near phi0 r phi -> is_derive f (g phi e) (f' (g phi e))) ->
  (forall phi e, near phi0 r phi -> is_derive (fun u => g u e) phi (g' phi e)) ->
  dominated (fun phi e => p e * f (g phi e)) (fun phi e => p e * (g' phi e * f' (g phi e))) I C phi0 r ->
  exists J, is_integral (fun e => p e * (g' phi0 e * f' (g phi0 e))) J /\ is_derive I phi0 J.
Proof.
  intros Hf Hg H.
  apply (exchange (fun phi e => p e * f (g phi e)) (fun phi e => p e * (g' phi e * f' (g phi e))) I C phi0 r);
    [| assumption].
  intros phi e Hn. apply (is_derive_scal (fun u => f (g u e))).
  exact (is_derive_comp f (fun u => g u e) phi _ _ (Hf phi e Hn) (Hg phi e Hn)).
Qed.

(** By the score: [q phi z] is the density, which is differentiated, and [s] its score. *)

(* claim: score-estimator; scope: one parameter, outcomes on the line *)
Theorem grad_score q s f I C phi0 r :
  (forall phi z, near phi0 r phi -> 0 < q phi z) ->
  (forall phi z, near phi0 r phi -> is_derive (fun u => ln (q u z)) phi (s phi z)) ->
  dominated (fun phi z => f z * q phi z) (fun phi z => f z * (s phi z * q phi z)) I C phi0 r ->
  exists J, is_integral (fun z => f z * (s phi0 z * q phi0 z)) J /\ is_derive I phi0 J.
Proof.
  intros Hq Hs H.
  apply (exchange (fun phi z => f z * q phi z) (fun phi z => f z * (s phi z * q phi z)) I C phi0 r);
    [| assumption].
  intros phi z Hn. apply (is_derive_scal (fun u => q u z)).
  apply (is_derive_ext_loc (fun u => exp (ln (q u z)))).
  - apply (filter_imp (near phi0 r)); [| now apply locally_near].
    intros u Hu. apply exp_ln. now apply Hq.
  - rewrite <- (exp_ln (q phi z)) by now apply Hq.
    apply (is_derive_comp exp (fun u => ln (q u z))); [apply is_derive_exp | now apply Hs].
Qed.

(** ** Instances: standard normal noise, z = phi + e, f(z) = z^2; the mean of N(phi, 1) by its score *)

Lemma continuous_normal m s : 0 < s -> forall z, continuity_pt (normal m s) z.
Proof.
  intros Hs z. apply derivable_continuous_pt, ex_derive_Reals_0.
  pose proof root_positive. assert (0 < s * sqrt (2 * PI)) by now apply Rmult_lt_0_compat.
  unfold normal, bell. auto_derive. trivial.
Qed.

Lemma pathwise_dominated :
  dominated (fun phi e => normal 0 1 e * (phi + e) ^ 2) (fun phi e => normal 0 1 e * (1 * (2 * (phi + e))))
    (fun phi => phi ^ 2 + 1) (fun e => normal 0 1 e * (3 + 0 * ((e - 0) / 1) + 1 * ((e - 0) / 1) ^ 2)) 0 1.
Proof.
  split; [lra |]. split; [| split; [| split]].
  - intros phi _. apply (integral_ext (fun e => normal 0 1 e *
      (phi ^ 2 + 2 * phi * ((e - 0) / 1) + 1 * ((e - 0) / 1) ^ 2))); [intros; field |].
    apply gaussian_quadratic. lra.
  - intros phi e Hn. unfold near in Hn. rewrite Rminus_0_r in Hn. apply Rabs_def2 in Hn.
    pose proof (normal_positive 0 1 e Rlt_0_1). rewrite Rabs_mult, Rabs_pos_eq by lra.
    apply Rmult_le_compat_l; [lra |].
    replace (3 + 0 * ((e - 0) / 1) + 1 * ((e - 0) / 1) ^ 2) with (3 + e ^ 2) by field.
    pose proof (pow2_ge_0 (e - 1)). pose proof (pow2_ge_0 (e + 1)). apply Rabs_le. lra.
  - exists (3 + 1). apply gaussian_quadratic. lra.
  - intros e. apply continuity_2d_pt_mult.
    + apply (continuity_1d_2d_pt_comp (normal 0 1) (fun _ v => v)); [apply continuous_normal; lra | apply continuity_2d_pt_id2].
    + repeat first [apply continuity_2d_pt_mult | apply continuity_2d_pt_plus | apply continuity_2d_pt_const
        | apply continuity_2d_pt_id1 | apply continuity_2d_pt_id2].
Qed.

Example grad_pathwise_instance :
  exists J, is_integral (fun e => normal 0 1 e * (1 * (2 * (0 + e)))) J /\ is_derive (fun phi => phi ^ 2 + 1) 0 J.
Proof.
  apply (grad_pathwise (normal 0 1) (fun z => z ^ 2) (fun z => 2 * z) (fun phi e => phi + e) (fun _ _ => 1)
    (fun phi => phi ^ 2 + 1) (fun e => normal 0 1 e * (3 + 0 * ((e - 0) / 1) + 1 * ((e - 0) / 1) ^ 2)) 0 1).
  - intros phi e _. auto_derive; [trivial | simpl; ring].
  - intros phi e _. auto_derive; [trivial | simpl; ring].
  - exact pathwise_dominated.
Qed.

Example exchange_instance :
  exists J, is_integral (fun e => normal 0 1 e * (1 * (2 * (0 + e)))) J /\ is_derive (fun phi => phi ^ 2 + 1) 0 J.
Proof.
  apply (exchange _ _ _ _ 0 1) with (2 := pathwise_dominated).
  intros phi e _. auto_derive; [trivial | simpl; ring].
Qed.

Lemma score_dominated :
  dominated (fun phi z => z * normal phi 1 z) (fun phi z => z * ((z - phi) * normal phi 1 z)) (fun phi => phi)
    (fun z => exp (/ 2) * sqrt 2 * (normal 0 (sqrt 2) z * (1 + 0 * ((z - 0) / sqrt 2) + 4 * ((z - 0) / sqrt 2) ^ 2))) 0 1.
Proof.
  assert (0 < sqrt 2) as H2 by (apply sqrt_lt_R0; lra).
  assert (sqrt 2 * sqrt 2 = 2) as H22 by (apply sqrt_sqrt; lra).
  pose proof root_positive as Hr.
  split; [lra |]. split; [| split; [| split]].
  - intros phi _. apply (integral_ext (fun z => normal phi 1 z *
      (phi + 1 * ((z - phi) / 1) + 0 * ((z - phi) / 1) ^ 2))); [intros; field |].
    pose proof (gaussian_quadratic phi 1 phi 1 0 Rlt_0_1) as H. rewrite Rplus_0_r in H. exact H.
  - intros phi z Hn. unfold near in Hn. rewrite Rminus_0_r in Hn. apply Rabs_def2 in Hn.
    pose proof (normal_positive phi 1 z Rlt_0_1) as Hp.
    assert (normal phi 1 z <= exp (/ 2) * sqrt 2 * normal 0 (sqrt 2) z) as Hle.
    { unfold normal, bell.
      replace (exp (/ 2) * sqrt 2 * (exp (- (((z - 0) / sqrt 2) ^ 2 / 2)) / (sqrt 2 * sqrt (2 * PI))))
        with (exp (/ 2) * exp (- (((z - 0) / sqrt 2) ^ 2 / 2)) / (1 * sqrt (2 * PI))) by (field; lra).
      apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat; lra |]. rewrite <- exp_plus.
      replace (((z - 0) / sqrt 2) ^ 2) with (z ^ 2 / (sqrt 2 * sqrt 2)) by (field; lra). rewrite H22.
      assert (- (((z - phi) / 1) ^ 2 / 2) <= / 2 + - (z ^ 2 / 2 / 2)) as Hexp.
      { replace (((z - phi) / 1) ^ 2) with ((z - phi) ^ 2) by field.
        pose proof (pow2_ge_0 (z - 2 * phi)). nra. }
      destruct Hexp as [Hlt | ->]; [left; now apply exp_increasing | now right]. }
    replace (1 + 0 * ((z - 0) / sqrt 2) + 4 * ((z - 0) / sqrt 2) ^ 2)
      with (1 + 4 * (z ^ 2 / (sqrt 2 * sqrt 2))) by (field; lra). rewrite H22.
    replace (z * ((z - phi) * normal phi 1 z)) with (z * (z - phi) * normal phi 1 z) by ring.
    replace (exp (/ 2) * sqrt 2 * (normal 0 (sqrt 2) z * (1 + 4 * (z ^ 2 / 2))))
      with ((1 + 4 * (z ^ 2 / 2)) * (exp (/ 2) * sqrt 2 * normal 0 (sqrt 2) z)) by ring.
    rewrite Rabs_mult, (Rabs_pos_eq (normal phi 1 z)) by lra.
    apply Rmult_le_compat; [apply Rabs_pos | lra | | exact Hle].
    pose proof (pow2_ge_0 (z - 1)). pose proof (pow2_ge_0 (z + 1)). apply Rabs_le. nra.
  - eexists. apply integral_scale. apply gaussian_quadratic. assumption.
  - intros z. apply continuity_2d_pt_mult; [apply continuity_2d_pt_id2 |]. apply continuity_2d_pt_mult.
    + apply continuity_2d_pt_minus; [apply continuity_2d_pt_id2 | apply continuity_2d_pt_id1].
    + apply (continuity_2d_pt_ext (fun u v => normal 0 1 (v - u))).
      { intros u v. unfold normal. now rewrite Rminus_0_r. }
      apply (continuity_1d_2d_pt_comp (normal 0 1) (fun u v => v - u)); [apply continuous_normal; lra |].
      apply continuity_2d_pt_minus; [apply continuity_2d_pt_id2 | apply continuity_2d_pt_id1].
Qed.

Example grad_score_instance :
  exists J, is_integral (fun z => z * ((z - 0) * normal 0 1 z)) J /\ is_derive (fun phi => phi) 0 J.
Proof.
  apply (grad_score (fun phi z => normal phi 1 z) (fun phi z => z - phi) (fun z => z) (fun phi => phi)
    (fun z => exp (/ 2) * sqrt 2 * (normal 0 (sqrt 2) z * (1 + 0 * ((z - 0) / sqrt 2) + 4 * ((z - 0) / sqrt 2) ^ 2))) 0 1).
  - intros. apply normal_positive. lra.
  - intros phi z _. apply (is_derive_ext (fun u => - (((z - u) / 1) ^ 2 / 2) - ln 1 - ln (2 * PI) / 2)).
    { intros u. symmetry. apply ln_normal. lra. }
    auto_derive; [trivial | simpl; field].
  - exact score_dominated.
Qed.
