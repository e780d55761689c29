(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* The shift of log-sum-exp with the wrong sign (rust-ml/linfa#443 left the shift out altogether). *)
From Latent Require Import sums responsibilities.

Theorem right {A} (ks : list A) (l : A -> R) c :
  ks <> [] -> lse ks (fun j => l j - c) + c = lse ks l.
Proof.
  intros H.
  assert (lse ks (fun j => l j - c) = lse ks l + - c) as E by exact (lse_shift ks l (- c) H).
  rewrite E.
  ring.
Qed.

Theorem wrong {A} (ks : list A) (l : A -> R) c :
  ks <> [] -> lse ks (fun j => l j - c) - c = lse ks l.
Proof.
  intros H.
  assert (lse ks (fun j => l j - c) = lse ks l + - c) as E by exact (lse_shift ks l (- c) H).
  rewrite E.
  ring. (* fails here *)
Qed.
