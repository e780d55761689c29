(* SPDX-License-Identifier: GPL-3.0-or-later *)

(** * The M-steps for weights and for Bernoulli parameters (chapters 2 and 3)

    Each is the only maximiser, the edges of the interval included. Candidates that make something
    impossible that was seen have the value minus infinity; the conditions below leave them out. *)

From Latent Require Import sums gibbs em.

(** ** Weights

    [count k] is the number of points that component [k] is responsible for. *)

Section Weights.
  Context {K : Type}.
  Variables (ks : list K) (count : K -> R).

  Definition weight_part (pi : K -> R) := ∑ k ∈ ks, (count k * ln (pi k)).
  Definition total := ∑ k ∈ ks, count k.

  (** What the candidates are: distributions, zero only where the count is. *)
  Definition weights (pi : K -> R) := distribution ks pi /\ count << pi on ks.

  Hypothesis Hcount : nonneg ks count.
  Hypothesis Htotal : 0 < total.

  Lemma weight_update : weights (fun k => count k / total).
  Proof.
    split; [split |].
    - intros k Hk. apply Rmult_le_pos; [now apply Hcount | now apply Rlt_le, Rinv_0_lt_compat].
    - rewrite sum_quotient. fold total. field. lra.
    - intros k _ Hz. replace (count k) with (count k / total * total) by (field; lra).
      rewrite Hz. ring.
  Qed.

  (** What any candidate lacks is [total] times a divergence. *)
  Lemma weight_loss pi :
    weights pi ->
    weight_part (fun k => count k / total) - weight_part pi =
    total * kl ks (fun k => count k / total) pi.
  Proof.
    intros [[Hpi _] Hac]. unfold weight_part, kl. rewrite <- sum_factor, <- sum_minus.
    apply sum_ext. intros k Hk. destruct (Req_dec (count k) 0) as [-> | Hnz].
    - unfold Rdiv. ring.
    - assert (0 < count k) by (specialize (Hcount k Hk); lra).
      assert (0 < pi k).
      { specialize (Hpi k Hk). destruct (Req_dec (pi k) 0) as [Hz | ?]; [| lra].
        now apply (Hac k Hk) in Hz. }
      rewrite (ln_quotient (count k / total) (pi k)); try assumption; [field; lra |].
      now apply Rdiv_lt_0_compat.
  Qed.
End Weights.

(* claim: gmm-m-weight bmm-m-weight *)
Theorem m_step_weight {K} (ks : list K) (count : K -> R) :
  nonneg ks count -> 0 < total ks count ->
  unique_maximiser (weights ks count) (weight_part ks count)
    (fun pi pi' => forall k, In k ks -> pi k = pi' k) (fun k => count k / total ks count).
Proof.
  intros Hc Ht. pose proof (weight_update ks count Hc Ht) as Hu.
  split; [assumption |]. intros pi Hpi.
  pose proof (weight_loss ks count Hc Ht pi Hpi) as Hl.
  assert ((fun k => count k / total ks count) << pi on ks) as Hac.
  { intros k Hk Hz. rewrite (proj2 Hpi k Hk Hz). unfold Rdiv. ring. }
  assert (0 <= kl ks (fun k => count k / total ks count) pi) as Hg
    by (apply gibbs; [apply Hu | apply Hpi | assumption]).
  assert (0 <= total ks count * kl ks (fun k => count k / total ks count) pi)
    by (apply Rmult_le_pos; lra).
  split; [lra |]. intros Heq k Hk. symmetry.
  apply (gibbs_equality ks (fun k => count k / total ks count) pi); try assumption; [apply Hu | apply Hpi |].
  apply (Rmult_eq_reg_l (total ks count)); lra.
Qed.

(** ** Bernoulli parameters

    One pixel of one component: [N] images (counted with their responsibilities), in [s] of which
    the pixel is on. *)

Definition pixel_part (N s theta : R) := s * ln theta + (N - s) * ln (1 - theta).

(** Candidates: probabilities, and zero or one only where nothing speaks against it. *)
Definition pixel (N s theta : R) :=
  0 <= theta <= 1 /\ (theta = 0 -> s = 0) /\ (theta = 1 -> s = N).

(** The pixel's two values are a mixture of two components, so the weights' M-step applies. *)
(* claim: bmm-m-mean *)
Theorem m_step_bernoulli N s :
  0 <= s <= N -> 0 < N -> unique_maximiser (pixel N s) (pixel_part N s) eq (s / N).
Proof.
  intros Hs HN.
  set (count := fun k : bool => if k then s else N - s).
  assert (total coin count = N) as Et by (unfold total, coin; simpl; ring).
  assert (forall theta, weight_part coin count (heads theta) = pixel_part N s theta) as Ep
    by (intros theta; unfold weight_part, coin, pixel_part; simpl; ring).
  assert (forall theta, pixel N s theta -> weights coin count (heads theta)) as Ew.
  { intros theta (H01 & H0 & H1). split; [now apply coin_distribution |].
    intros [] _; simpl; intros Hz; [now apply H0 |]. rewrite H1 by lra. ring. }
  destruct (m_step_weight coin count) as [_ Hmax]; [intros [] _; simpl; lra | rewrite Et; assumption |].
  assert (forall k, count k / total coin count = heads (s / N) k) as Eh
    by (intros []; rewrite Et; simpl; field; lra).
  assert (weight_part coin count (fun k => count k / total coin count) = pixel_part N s (s / N)) as Em
    by (rewrite <- Ep; apply sum_ext; intros k _; now rewrite Eh).
  assert (s / N * N = s) as EsN by (field; lra).
  split.
  - split; [split | split].
    + apply Rmult_le_pos; [lra | now apply Rlt_le, Rinv_0_lt_compat].
    + apply (Rmult_le_reg_r N); lra.
    + intros Hz. rewrite Hz in EsN. lra.
    + intros Hz. rewrite Hz in EsN. lra.
  - intros theta Ht. rewrite <- Ep, <- Em.
    destruct (Hmax (heads theta) (Ew theta Ht)) as [Hle Heq]. split; [assumption |].
    intros E. specialize (Heq E true (or_introl eq_refl)). rewrite Eh in Heq. exact Heq.
Qed.

(** The same for images [x n] in 0 and 1 and responsibilities [r n], as the book writes it. *)

(* claim: bmm-m-mean bmm-q-counts *)
Theorem m_step_bernoulli_images {I} (ns : list I) (r x : I -> R) :
  nonneg ns r -> (forall n, In n ns -> x n = 0 \/ x n = 1) -> 0 < ∑ n ∈ ns, r n ->
  unique_maximiser
    (pixel (∑ n ∈ ns, r n) (∑ n ∈ ns, (r n * x n)))
    (fun theta => ∑ n ∈ ns, (r n * (x n * ln theta + (1 - x n) * ln (1 - theta)))) eq
    ((∑ n ∈ ns, (r n * x n)) / ∑ n ∈ ns, r n).
Proof.
  intros Hr Hx HN.
  assert (forall theta, ∑ n ∈ ns, (r n * (x n * ln theta + (1 - x n) * ln (1 - theta))) =
    pixel_part (∑ n ∈ ns, r n) (∑ n ∈ ns, (r n * x n)) theta) as E.
  { intros theta. unfold pixel_part. rewrite <- sum_minus, <- !sum_factor_r, <- sum_plus.
    apply sum_ext. intros n _. ring. }
  destruct (m_step_bernoulli (∑ n ∈ ns, r n) (∑ n ∈ ns, (r n * x n))) as [Hp Hmax]; [| assumption |].
  - split.
    + apply sum_nonneg. intros n Hn. specialize (Hr n Hn). destruct (Hx n Hn) as [-> | ->]; lra.
    + apply sum_le. intros n Hn. specialize (Hr n Hn). destruct (Hx n Hn) as [-> | ->]; lra.
  - split; [assumption |]. intros theta Ht. rewrite !E. now apply Hmax.
Qed.

(** ** Instances: counts 1 and 3; a pixel that is on in one image of four, and in none *)

Definition counts (k : bool) : R := if k then 1 else 3.

Example m_step_weight_instance :
  unique_maximiser (weights coin counts) (weight_part coin counts)
    (fun pi pi' => forall k, In k coin -> pi k = pi' k) (fun k => counts k / total coin counts).
Proof.
  apply m_step_weight; [intros [] _; simpl; lra | unfold total, coin; simpl; lra].
Qed.

Example m_step_bernoulli_instance : unique_maximiser (pixel 4 1) (pixel_part 4 1) eq (1 / 4).
Proof. apply m_step_bernoulli; lra. Qed.

(** At the edge: the pixel was never on. *)
Example m_step_bernoulli_edge : unique_maximiser (pixel 4 0) (pixel_part 4 0) eq (0 / 4).
Proof. apply m_step_bernoulli; lra. Qed.

Definition images := [true; false].
Definition shares (n : bool) : R := if n then 1 / 4 else 3 / 4.
Definition lit (n : bool) : R := if n then 1 else 0.

Example m_step_bernoulli_images_instance :
  unique_maximiser
    (pixel (∑ n ∈ images, shares n) (∑ n ∈ images, (shares n * lit n)))
    (fun theta => ∑ n ∈ images, (shares n * (lit n * ln theta + (1 - lit n) * ln (1 - theta)))) eq
    ((∑ n ∈ images, (shares n * lit n)) / ∑ n ∈ images, shares n).
Proof.
  apply m_step_bernoulli_images.
  - intros [] _; simpl; lra.
  - intros [] _; simpl; auto.
  - unfold images. simpl. lra.
Qed.

(** EM on the two coins of the file before: from the weight 1/2, a head moves it to 1/4. *)
Example em_monotone_instance :
  log_likelihood seen coin coins (1 / 2) <= log_likelihood seen coin coins (1 / 4).
Proof.
  apply em_monotone; [apply coins_possible; lra | apply coins_possible; lra | apply coins_keep; lra |].
  intros w Hw Hkeep.
  assert (forall v, 0 < v < 1 -> Q seen coin coins v (1 / 2) =
    pixel_part 1 (1 / 4) v + (1 / 4 * ln (1 / 4) + 3 / 4 * ln (3 / 4))) as E.
  { intros v Hv. unfold Q, resp, mixture, seen, coin, coins, pixel_part. simpl.
    rewrite !ln_mult by lra. lra. }
  destruct (Hw true (or_introl eq_refl)) as [Hnn _].
  pose proof (Hnn true (or_introl eq_refl)) as H0. pose proof (Hnn false (or_intror (or_introl eq_refl))) as H1.
  pose proof (Hkeep true (or_introl eq_refl) true (or_introl eq_refl)) as K0.
  pose proof (Hkeep true (or_introl eq_refl) false (or_intror (or_introl eq_refl))) as K1.
  unfold coins in *. simpl in *.
  assert (0 < w < 1) as Hw01.
  { split.
    - destruct (Req_dec w 0) as [-> | ?]; [| lra]. assert (1 / 2 * (1 / 4) = 0) by (apply K0; lra). lra.
    - destruct (Req_dec w 1) as [-> | ?]; [| lra].
      assert ((1 - 1 / 2) * (3 / 4) = 0) by (apply K1; lra). lra. }
  fold coins. fold (heads w). rewrite !E by lra.
  destruct (m_step_bernoulli 1 (1 / 4)) as [_ Hmax]; [lra | lra |].
  destruct (Hmax w) as [Hle _]; [| replace (1 / 4 / 1) with (1 / 4) in Hle by field; lra].
  repeat split; lra.
Qed.
