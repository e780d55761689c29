/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_NUM_STREAMS_H
#define LVM_NUM_STREAMS_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

/* Streams of random numbers: each pair of a seed and a stream's number has a
   sequence of its own, which can be begun anywhere, on any thread, without drawing
   those before it.  Restart r of a fit thus is the same whatever their number.

   Each is a generator of GSL, for gsl_rng_uniform (53 random bits) and gsl_ran_*.
   Its numbers are Philox4x32-10's (Salmon, Moraes, Dror and Shaw, Parallel random
   numbers: as easy as 1, 2, 3, SC 2011): the seed is the key, the stream's
   number and the place in the stream are the counter, so that no two streams
   overlap.  A stream is 2^66 numbers of 32 bits long.  gsl_rng_set (rng, seed)
   goes to stream 0.  */

/* The beginning of a stream.  Release with gsl_rng_free.  */
gsl_rng *lvm_stream_alloc (uint64_t seed, uint64_t stream);

/* The beginning of another stream.
   Given  rng, from lvm_stream_alloc.  */
void lvm_stream_set (gsl_rng *rng, uint64_t seed, uint64_t stream);

#endif
