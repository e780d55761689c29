(* SPDX-License-Identifier: GPL-3.0-or-later *)
(* The variance e^lambda used as the standard deviation: keras-team/keras#3283. *)
From Latent Require Import calculus gaussian.

Theorem right m lambda :
  is_integral (fun z => normal m (exp (lambda / 2)) z * ln (normal m (exp (lambda / 2)) z / normal 0 1 z))
    (- / 2 * (1 + lambda - m ^ 2 - exp lambda)).
Proof.
  exact (gauss_kl_standard m lambda).
Qed.

Theorem wrong m lambda :
  is_integral (fun z => normal m (exp lambda) z * ln (normal m (exp lambda) z / normal 0 1 z))
    (- / 2 * (1 + lambda - m ^ 2 - exp lambda)).
Proof.
  exact (gauss_kl_standard m lambda). (* fails here *)
Qed.
