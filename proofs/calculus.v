(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * Integrals over the whole line

    The integral over [[a, b]] is Riemann's, [RInt f a b], from the library Coquelicot. The integral of
    [f] over the line is [I] if [f] can be integrated over every [[a, b]], and these integrals
    are near [I] as soon as [a] is far to the left and [b] far to the right. *)

From Coq Require Export Reals Lra Psatz.
From Coquelicot Require Export Coquelicot.
Open Scope R_scope.
#[export] Unset Nra Cache.

Definition is_integral (f : R -> R) (I : R) :=
  (forall a b, ex_RInt f a b) /\
  forall eps, 0 < eps -> exists M, 0 < M /\
    forall a b, a < - M -> M < b -> Rabs (RInt f a b - I) < eps.

(** Coquelicot knows the real numbers by several names; this says that they are the real numbers. *)
Ltac real := match goal with |- @eq _ ?a ?b => change (@eq R a b) end.

(** ** Integrals over [[a, b]], in plain words *)

Lemma integrable_continuous (f : R -> R) : (forall x, continuous f x) -> forall a b, ex_RInt f a b.
Proof. intros H a b. apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros x _. apply H. Qed.

Lemma RInt_sum (f g : R -> R) a b :
  ex_RInt f a b -> ex_RInt g a b -> RInt (fun x => f x + g x) a b = RInt f a b + RInt g a b.
Proof. exact (RInt_plus (V := R_CompleteNormedModule) f g a b). Qed.

Lemma RInt_difference (f g : R -> R) a b :
  ex_RInt f a b -> ex_RInt g a b -> RInt (fun x => f x - g x) a b = RInt f a b - RInt g a b.
Proof. exact (RInt_minus (V := R_CompleteNormedModule) f g a b). Qed.

Lemma RInt_times (f : R -> R) c a b : ex_RInt f a b -> RInt (fun x => c * f x) a b = c * RInt f a b.
Proof. exact (RInt_scal (V := R_CompleteNormedModule) f a b c). Qed.

Lemma RInt_constant (c a b : R) : RInt (V := R_CompleteNormedModule) (fun _ => c) a b = (b - a) * c.
Proof. exact (RInt_const (V := R_CompleteNormedModule) a b c). Qed.

Lemma RInt_join (f : R -> R) a b c :
  (forall a b, ex_RInt f a b) -> RInt f a b + RInt f b c = RInt f a c.
Proof. intros H. exact (RInt_Chasles (V := R_CompleteNormedModule) f a b c (H a b) (H b c)). Qed.

(** ** Integrals over the line *)

Lemma integral_unique f I J : is_integral f I -> is_integral f J -> I = J.
Proof.
  intros [_ HI] [_ HJ]. apply Rminus_diag_uniq. apply Rabs_eq_0.
  apply Rle_antisym; [| apply Rabs_pos]. apply Rnot_lt_le. intros Hlt.
  destruct (HI (Rabs (I - J) / 2)) as (M & HM0 & HM); [lra |].
  destruct (HJ (Rabs (I - J) / 2)) as (N & HN0 & HN); [lra |].
  specialize (HM (- (M + N + 1)) (M + N + 1)). specialize (HN (- (M + N + 1)) (M + N + 1)).
  assert (Rabs (I - J) < Rabs (I - J)); [| lra].
  set (X := RInt f (- (M + N + 1)) (M + N + 1)) in *.
  replace (I - J) with ((X - J) - (X - I)) at 1 by ring.
  eapply Rle_lt_trans; [apply Rabs_triang |]. rewrite Rabs_Ropp.
  assert (Rabs (X - I) < Rabs (I - J) / 2) by (apply HM; lra).
  assert (Rabs (X - J) < Rabs (I - J) / 2) by (apply HN; lra). lra.
Qed.

Lemma integral_ext f g I : (forall x, f x = g x) -> is_integral f I -> is_integral g I.
Proof.
  intros E [H HI]. split.
  - intros a b. apply (ex_RInt_ext f); [intros; apply E | apply H].
  - intros eps He. destruct (HI eps He) as (M & HM0 & HM). exists M. split; [assumption |].
    intros a b Ha Hb. rewrite <- (RInt_ext f g); [auto | intros; apply E].
Qed.

Lemma integral_plus f g I J :
  is_integral f I -> is_integral g J -> is_integral (fun x => f x + g x) (I + J).
Proof.
  intros [Hf HI] [Hg HJ]. split.
  - intros a b. exact (ex_RInt_plus (V := R_CompleteNormedModule) f g a b (Hf a b) (Hg a b)).
  - intros eps He. destruct (HI (eps / 2)) as (M & HM0 & HM); [lra |].
    destruct (HJ (eps / 2)) as (N & HN0 & HN); [lra |].
    exists (M + N). split; [lra |]. intros a b Ha Hb. rewrite RInt_sum by auto.
    replace (RInt f a b + RInt g a b - (I + J)) with ((RInt f a b - I) + (RInt g a b - J)) by ring.
    eapply Rle_lt_trans; [apply Rabs_triang |].
    assert (Rabs (RInt f a b - I) < eps / 2) by (apply HM; lra).
    assert (Rabs (RInt g a b - J) < eps / 2) by (apply HN; lra). lra.
Qed.

Lemma integral_scale f c I : is_integral f I -> is_integral (fun x => c * f x) (c * I).
Proof.
  intros [Hf HI]. split.
  - intros a b. exact (ex_RInt_scal (V := R_CompleteNormedModule) f a b c (Hf a b)).
  - intros eps He. assert (0 < Rabs c + 1) as Hc by (pose proof (Rabs_pos c); lra).
    destruct (HI (eps / (Rabs c + 1))) as (M & HM0 & HM); [now apply Rdiv_lt_0_compat |].
    exists M. split; [assumption |]. intros a b Ha Hb. rewrite RInt_times by auto.
    replace (c * RInt f a b - c * I) with (c * (RInt f a b - I)) by ring. rewrite Rabs_mult.
    specialize (HM a b Ha Hb).
    apply Rle_lt_trans with ((Rabs c + 1) * Rabs (RInt f a b - I)).
    + apply Rmult_le_compat_r; [apply Rabs_pos | lra].
    + replace eps with ((Rabs c + 1) * (eps / (Rabs c + 1))) by (field; lra).
      now apply Rmult_lt_compat_l.
Qed.

(** The substitution [z = m + s x]. *)
Lemma integral_affine f I m s :
  0 < s -> is_integral f I -> is_integral (fun z => f ((z - m) / s) / s) I.
Proof.
  intros Hs [Hf HI].
  assert (forall z, scal (/ s) (f (/ s * z + - m / s)) = f ((z - m) / s) / s) as E.
  { intros z. change (/ s * f (/ s * z + - m / s) = f ((z - m) / s) / s).
    replace (/ s * z + - m / s) with ((z - m) / s) by (field; lra). field. lra. }
  assert (forall a b, RInt (fun z => f ((z - m) / s) / s) a b = RInt f (/ s * a + - m / s) (/ s * b + - m / s)) as ER.
  { intros a b. rewrite <- (RInt_comp_lin f (/ s) (- m / s) a b) by apply Hf.
    apply RInt_ext. intros z _. now rewrite E. }
  split.
  - intros a b. apply (ex_RInt_ext (fun z => scal (/ s) (f (/ s * z + - m / s)))); [intros; apply E |].
    exact (ex_RInt_comp_lin (V := R_NormedModule) f (/ s) (- m / s) a b (Hf _ _)).
  - intros eps He. destruct (HI eps He) as (M & HM0 & HM).
    exists (s * M + Rabs m). pose proof (Rabs_pos m).
    assert (0 < s * M) by now apply Rmult_lt_0_compat. split; [lra |].
    intros a b Ha Hb. rewrite ER. apply HM.
    + apply (Rmult_lt_reg_l s); [assumption |].
      replace (s * (/ s * a + - m / s)) with (a - m) by (field; lra).
      pose proof (Rle_abs (- m)). rewrite Rabs_Ropp in *. lra.
    + apply (Rmult_lt_reg_l s); [assumption |].
      replace (s * (/ s * b + - m / s)) with (b - m) by (field; lra).
      pose proof (Rle_abs m). lra.
Qed.

(** A function with a primitive that has limits at both ends. *)
Lemma integral_primitive (F f : R -> R) (left right : R) :
  (forall x, is_derive F x (f x)) -> (forall x, continuous f x) ->
  (forall eps, 0 < eps -> exists M, 0 < M /\ forall x, M < x ->
     Rabs (F x - right) < eps /\ Rabs (F (- x) - left) < eps) ->
  is_integral f (right - left).
Proof.
  intros HF Hf Hlim. split; [now apply integrable_continuous |].
  intros eps He. destruct (Hlim (eps / 2)) as (M & HM0 & HM); [lra |].
  exists M. split; [assumption |]. intros a b Ha Hb.
  assert (RInt f a b = F b - F a) as ->.
  { apply is_RInt_unique. apply (is_RInt_derive (V := R_CompleteNormedModule) F f a b); auto. }
  destruct (HM b) as [Hr _]; [lra |]. destruct (HM (- a)) as [_ Hl]; [lra |].
  rewrite Ropp_involutive in Hl.
  replace (F b - F a - (right - left)) with ((F b - right) - (F a - left)) by ring.
  eapply Rle_lt_trans; [apply Rabs_triang |]. rewrite Rabs_Ropp. lra.
Qed.
