(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * Expectation maximisation never loses (chapter 2)

    Points [n] in a list [ns], components [k] in a list [ks], parameters of any type [T]. The joint
    probability (or density) of the point [n] and the component [k] is [p theta n k]. It may be zero.
    Nothing here knows of Gaussians or Bernoullis. *)

From Latent Require Import sums gibbs.

Section EM.
  Context {N K T : Type}.
  Variables (ns : list N) (ks : list K) (p : T -> N -> K -> R).

  Definition mixture theta n := ∑ k ∈ ks, p theta n k.
  Definition log_likelihood theta := ∑ n ∈ ns, ln (mixture theta n).
  Definition resp theta n k := p theta n k / mixture theta n.

  (** The bound of one point, and of all. *)
  Definition bound theta n (q : K -> R) := ∑ k ∈ ks, (q k * (ln (p theta n k) - ln (q k))).
  Definition bounds theta (q : N -> K -> R) := ∑ n ∈ ns, bound theta n (q n).

  (** The expected complete log-likelihood. *)
  Definition Q theta old := ∑ n ∈ ns, ∑ k ∈ ks, (resp old n k * ln (p theta n k)).

  (** Parameters under which every point is possible. *)
  Definition possible theta :=
    forall n, In n ns -> nonneg ks (p theta n) /\ 0 < mixture theta n.

  (** [theta] leaves no component of positive responsibility impossible. *)
  Definition keeps theta old := forall n, In n ns -> p old n << p theta n on ks.

  Lemma keeps_itself theta : keeps theta theta.
  Proof. intros n _ k _ H. exact H. Qed.

  Lemma resp_distribution theta n :
    possible theta -> In n ns -> distribution ks (resp theta n).
  Proof.
    intros H Hn. destruct (H n Hn) as [Hp Hm]. split.
    - intros k Hk. apply Rmult_le_pos; [now apply Hp |]. now apply Rlt_le, Rinv_0_lt_compat.
    - unfold resp. rewrite sum_quotient. fold (mixture theta n). field. lra.
  Qed.

  Lemma resp_zero theta n k : p theta n k = 0 -> resp theta n k = 0.
  Proof. unfold resp, Rdiv. intros ->. ring. Qed.

  Lemma resp_continuous theta old n :
    possible theta -> keeps theta old -> In n ns -> resp old n << resp theta n on ks.
  Proof.
    intros H Hk Hn k Hin Hz. apply resp_zero, (Hk n Hn k Hin). destruct (H n Hn) as [_ Hm].
    unfold resp in Hz. replace (p theta n k) with (p theta n k / mixture theta n * mixture theta n)
      by (field; lra). rewrite Hz. ring.
  Qed.

  (** The gap of one point, for any distribution [q]. *)
  Lemma gap_one theta n q :
    nonneg ks (p theta n) -> 0 < mixture theta n -> distribution ks q -> q << p theta n on ks ->
    ln (mixture theta n) = bound theta n q + kl ks q (resp theta n).
  Proof.
    intros Hp Hm [Hq Sq] Hac. unfold bound, kl. rewrite <- sum_plus.
    rewrite (sum_ext ks _ (fun k => q k * ln (mixture theta n))); [rewrite sum_factor_r, Sq; ring |].
    intros k Hk. destruct (Req_dec (q k) 0) as [-> | Hnz]; [ring |].
    assert (0 < q k) by (specialize (Hq k Hk); lra).
    assert (0 < p theta n k).
    { specialize (Hp k Hk). destruct (Req_dec (p theta n k) 0) as [Hz | ?]; [| lra].
      now apply (Hac k Hk) in Hz. }
    unfold resp. rewrite !ln_quotient; try assumption; [ring | now apply Rdiv_lt_0_compat].
  Qed.
End EM.

(* claim: em-gap *)
Theorem em_gap {K} (ks : list K) (p q : K -> R) :
  nonneg ks p -> 0 < ∑ k ∈ ks, p k -> distribution ks q -> q << p on ks ->
  ln (∑ k ∈ ks, p k) =
  ∑ k ∈ ks, (q k * (ln (p k) - ln (q k))) + kl ks q (fun k => p k / ∑ j ∈ ks, p j).
Proof. exact (gap_one ks (fun _ _ => p) tt tt q). Qed.

(* claim: em-q-entropy *)
Theorem em_q_entropy {K} (ks : list K) (p q : K -> R) :
  distribution ks q -> q << p on ks ->
  ∑ k ∈ ks, (q k * (ln (p k) - ln (q k))) = ∑ k ∈ ks, (q k * ln (p k)) - ∑ k ∈ ks, (q k * ln (q k)).
Proof.
  intros _ _. rewrite <- sum_minus. apply sum_ext. intros k _. ring.
Qed.

(* claim: em-bound *)
Theorem em_bound {N K T} (ns : list N) (ks : list K) (p : T -> N -> K -> R) theta q :
  possible ns ks p theta ->
  (forall n, In n ns -> distribution ks (q n) /\ q n << p theta n on ks) ->
  bounds ns ks p theta q <= log_likelihood ns ks p theta.
Proof.
  intros Hp Hq. apply sum_le. intros n Hn.
  destruct (Hp n Hn) as [Hnn Hm], (Hq n Hn) as [Hd Hac].
  rewrite (gap_one ks p theta n (q n)) by assumption.
  assert (0 <= kl ks (q n) (resp ks p theta n)); [| lra].
  apply gibbs; [assumption | now apply (resp_distribution ns) |].
  intros k Hk Hz. apply (Hac k Hk). unfold resp in Hz.
  replace (p theta n k) with (p theta n k / mixture ks p theta n * mixture ks p theta n) by (field; lra).
  rewrite Hz. ring.
Qed.

(* claim: em-tight bmm-tight *)
Theorem em_tight {N K T} (ns : list N) (ks : list K) (p : T -> N -> K -> R) theta :
  possible ns ks p theta ->
  bounds ns ks p theta (resp ks p theta) = log_likelihood ns ks p theta.
Proof.
  intros Hp. apply sum_ext. intros n Hn. destruct (Hp n Hn) as [Hnn Hm].
  pose proof (resp_distribution ns ks p theta n Hp Hn) as Hd.
  rewrite (gap_one ks p theta n (resp ks p theta n)); try assumption.
  - rewrite kl_self by apply Hd. ring.
  - intros k _. apply resp_zero.
Qed.

(** The gain of one iteration, exactly. *)

(* claim: em-gain *)
Theorem em_gain {N K T} (ns : list N) (ks : list K) (p : T -> N -> K -> R) theta old :
  possible ns ks p theta -> possible ns ks p old -> keeps ns ks p theta old ->
  log_likelihood ns ks p theta - log_likelihood ns ks p old =
  Q ns ks p theta old - Q ns ks p old old +
  ∑ n ∈ ns, kl ks (resp ks p old n) (resp ks p theta n).
Proof.
  intros Hp Ho Hk. rewrite <- (em_tight ns ks p old) by assumption.
  unfold log_likelihood, bounds, Q.
  rewrite <- !sum_minus, <- sum_plus. apply sum_ext. intros n Hn.
  destruct (Hp n Hn) as [Hnn Hm].
  rewrite (gap_one ks p theta n (resp ks p old n)); try assumption.
  - unfold bound.
    enough (forall a, ∑ k ∈ ks, (resp ks p old n k * (ln (p a n k) - ln (resp ks p old n k))) =
      ∑ k ∈ ks, (resp ks p old n k * ln (p a n k)) -
      ∑ k ∈ ks, (resp ks p old n k * ln (resp ks p old n k))) as E by (rewrite !E; ring).
    intros a. rewrite <- sum_minus. apply sum_ext. intros k _. ring.
  - now apply (resp_distribution ns).
  - intros k Hin Hz. apply resp_zero, (Hk n Hn k Hin Hz).
Qed.

(** A [theta] that is no worse for [Q] than the old one is no worse for the likelihood ... *)
Lemma em_no_loss {N K T} (ns : list N) (ks : list K) (p : T -> N -> K -> R) theta old :
  possible ns ks p theta -> possible ns ks p old -> keeps ns ks p theta old ->
  Q ns ks p old old <= Q ns ks p theta old ->
  log_likelihood ns ks p old <= log_likelihood ns ks p theta.
Proof.
  intros Hp Ho Hk HQ. pose proof (em_gain ns ks p theta old Hp Ho Hk).
  assert (0 <= ∑ n ∈ ns, kl ks (resp ks p old n) (resp ks p theta n)); [| lra].
  apply sum_nonneg. intros n Hn.
  apply gibbs; [now apply (resp_distribution ns) .. | now apply (resp_continuous ns)].
Qed.

(** ... in particular the one that maximises [Q] among all that keep the old components. *)

(* claim: em-monotone *)
Theorem em_monotone {N K T} (ns : list N) (ks : list K) (p : T -> N -> K -> R) new old :
  possible ns ks p new -> possible ns ks p old -> keeps ns ks p new old ->
  (forall theta, possible ns ks p theta -> keeps ns ks p theta old ->
     Q ns ks p theta old <= Q ns ks p new old) ->
  log_likelihood ns ks p old <= log_likelihood ns ks p new.
Proof.
  intros Hn Ho Hk Hmax. apply em_no_loss; try assumption.
  apply Hmax; [assumption | apply keeps_itself].
Qed.

(** ** Instances: two coins of known sides, 1/4 and 3/4 heads; the point [true] is a head.
    The parameter is the weight of the first coin. The point seen is a head. *)

Definition coins (w : R) (x k : bool) : R :=
  heads w k * heads (if k then 1 / 4 else 3 / 4) x.
Definition seen := [true].

Lemma coins_possible w : 0 <= w <= 1 -> possible seen coin coins w.
Proof.
  intros Hw x [<- | []]. split.
  - intros [] _; unfold coins; simpl; lra.
  - unfold mixture, coins, coin. simpl. lra.
Qed.

Lemma coins_keep w old : 0 < w < 1 -> keeps seen coin coins w old.
Proof. intros Hw x [<- | []] [] _; unfold coins; simpl; lra. Qed.

Example em_gap_instance :
  ln (1 / 2 + (1 / 4 + 0)) =
  ∑ k ∈ coin, (heads 1 k * (ln ((fun j : bool => if j then 1 / 2 else 1 / 4) k) - ln (heads 1 k))) +
  kl coin (heads 1) (fun k : bool => (if k then 1 / 2 else 1 / 4) / (1 / 2 + (1 / 4 + 0))).
Proof.
  apply (em_gap coin (fun j : bool => if j then 1 / 2 else 1 / 4) (heads 1)).
  - intros [] _; lra.
  - unfold coin. simpl. lra.
  - apply coin_distribution; lra.
  - intros [] _; simpl; lra.
Qed.

Example em_q_entropy_instance :
  ∑ k ∈ coin, (heads 1 k * (ln (heads (1 / 3) k) - ln (heads 1 k))) =
  ∑ k ∈ coin, (heads 1 k * ln (heads (1 / 3) k)) - ∑ k ∈ coin, (heads 1 k * ln (heads 1 k)).
Proof. apply em_q_entropy; [apply coin_distribution | apply coin_abs_continuous]; lra. Qed.

Example em_bound_instance :
  bounds seen coin coins (1 / 2) (fun _ => heads (1 / 3)) <= log_likelihood seen coin coins (1 / 2).
Proof.
  apply em_bound; [apply coins_possible; lra |]. intros x [<- | []].
  split; [apply coin_distribution; lra |]. intros [] _; unfold coins; simpl; lra.
Qed.

Example em_tight_instance :
  bounds seen coin coins (1 / 2) (resp coin coins (1 / 2)) = log_likelihood seen coin coins (1 / 2).
Proof. apply em_tight, coins_possible. lra. Qed.

Example em_gain_instance :
  log_likelihood seen coin coins (1 / 4) - log_likelihood seen coin coins (1 / 2) =
  Q seen coin coins (1 / 4) (1 / 2) - Q seen coin coins (1 / 2) (1 / 2) +
  ∑ x ∈ seen, kl coin (resp coin coins (1 / 2) x) (resp coin coins (1 / 4) x).
Proof. apply em_gain; [apply coins_possible | apply coins_possible | apply coins_keep]; lra. Qed.
