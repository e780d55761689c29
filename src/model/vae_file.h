/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_VAE_FILE_H
#define LVM_MODEL_VAE_FILE_H

#include <stdint.h>

#include "data/binary.h"
#include "data/input.h"
#include "data/output.h"
#include "model/vae.h"
#include "num/error.h"

/* Training, between two epochs: all that the next one depends on, besides the
   images.  Random numbers need no place, since their streams are addressed by seed,
   epoch and batch.  */
typedef struct
{
  lvm_vae *v;
  lvm_adam *adam;
  lvm_shape image; /* height and width; 0 where points are no images */
  uint64_t seed;
  size_t batch; /* images of one */
  size_t epoch; /* epochs so far */
} lvm_vae_training;

/* A model file, in binary, little-endian:

     offset  bytes
          0      8  "LVM-VAE" and a line end
          8      4  version: 1
         12      4  activation: 0 tanh, 1 ReLU
         16     24  D, H, L, each of 8 bytes
         40     16  height and width of an image, 0 and 0 for other points
         56     32  seed, batch, epoch, Adam's t
         88     32  Adam's learning rate, beta1, beta2, epsilon: doubles (IEEE 754)
        120  12 n   theta, Adam's m, Adam's v, each n floats, in the order of lvm_vae_place
   120+12 n      4  CRC-32 (as in gzip) of all before

   It holds all there is: training that is written, read and resumed goes on with
   the same bits.  */

/* Given     output: open; lvm_output_commit will say what could not be written.  */
void lvm_vae_write (lvm_output *output, const lvm_vae_training *t);

/* Reads and checks a model; gzipped, too.
   Given     path: a file, or "-" for standard input
   Returned  t, to be released with lvm_vae_training_free, after a failure too;
             error, such as "a.vae: cut short"
   Status    LVM_OK or LVM_DATA: no such file, no model, another version, impossible
             sizes, bytes missing or left over, a wrong checksum, numbers that are
             not finite
   Memory    what a header promises and the file does not hold is never asked
             for.  */
int lvm_vae_read (lvm_vae_training *t, const char *path, lvm_error *error);

/* A new network and a new Adam.
   Given     s, image, seed, batch, learning_rate
   Returned  t: epoch 0, weights drawn  */
void lvm_vae_training_begin (lvm_vae_training *t, lvm_vae_shape s, lvm_shape image,
                             uint64_t seed, size_t batch, double learning_rate);
void lvm_vae_training_free (lvm_vae_training *t);

/* The number of the stream of random numbers (num/streams.h) of a batch of an
   epoch, both from 1; 0 for the order of an epoch's images, 0 and 0 for the first
   weights.
   Given  epoch < 2^31, batch < 2^32.  */
uint64_t lvm_vae_stream (size_t epoch, size_t batch);

/* The images of an epoch in their order.
   Given     rng, of any state
   Returned  row [N]: 0 .. N - 1, shuffled  */
void lvm_vae_order (const lvm_vae_training *t, size_t epoch, gsl_rng *rng, size_t N,
                    size_t row[]);

#endif
