/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_MIXTURE_FILE_H
#define LVM_MODEL_MIXTURE_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "data/output.h"
#include "num/error.h"

/* What the JSON files of all mixtures have in common: weights, means and how they
   were found,

     { ...
       "log_likelihood": -1130.26, "objective": -1130.26,
       "iterations": 29, "converged": true, "seed": 1,
       "weights": [w, ...],               [K]
       "means": [[m, ...], ...],          [K][D]
       ... }

   with 17 digits, so that what is written reads back to the bit.  What is a sort's
   own is for model/gmm_file.h and model/bmm_file.h.  */

/* How a mixture was found.  */
typedef struct
{
  double log_likelihood; /* of its data, summed over the points, in nats  */
  double objective;      /* the same plus the log prior                   */
  size_t iterations;
  bool converged;
  uint64_t seed; /* below 2^63 */
} lvm_mixture_record;

/* --- writing: begin, put each key, end ------------------------------------- */

typedef struct
{
  FILE *stream;
  size_t keys; /* written so far */
  bool bad;    /* some number is not finite */
} lvm_mixture_writer;

void lvm_mixture_begin (lvm_mixture_writer *w, lvm_output *output);

/* One key, on a line of its own.
   Given  value, which is released here; NULL, as jansson makes of a number that is
          not finite, is a fault that lvm_mixture_end reports.  */
void lvm_mixture_put (lvm_mixture_writer *w, const char *key, json_t *value);

/* An array of arrays of numbers.
   Given   size [rank]; v, as many numbers as their product
   Memory  allocates some 50 bytes a number.  */
void lvm_mixture_put_array (lvm_mixture_writer *w, const char *key, size_t rank,
                            const size_t size[], const double v[]);

/* Five keys.  Given  record, its two reals finite.  */
void lvm_mixture_put_record (lvm_mixture_writer *w,
                             const lvm_mixture_record *record);

/* Whether all reached the disk is for lvm_output_commit to say.
   Status  LVM_OK; LVM_DATA where a number was not finite.  */
int lvm_mixture_end (lvm_mixture_writer *w, lvm_error *error);

/* --- reading: load, find, check -------------------------------------------- */

typedef struct
{
  const char *file; /* for messages */
  json_t *root;
  lvm_error *error;
} lvm_mixture_reader;

/* Loads a file, whose JSON has to be an object.
   Given     path, "-" for standard input
   Returned  r, to be released with json_decref (r->root), after a failure too
   Status    LVM_OK or LVM_DATA, as of all that follow, which say what is wrong in
             r->error: "old.json: 'weights' is missing".
   Memory    allocates some 50 bytes a number.  */
int lvm_mixture_load (lvm_mixture_reader *r, const char *path, lvm_error *error);

/* Given  format: as of printf, the sentence after "FILE: ".  */
int lvm_mixture_fail (const lvm_mixture_reader *r, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

/* What stands under a key that is needed.  */
int lvm_mixture_find (const lvm_mixture_reader *r, const char *key, json_t **value);

/* The same, where it has to be one array of K.  */
int lvm_mixture_find_components (const lvm_mixture_reader *r, const char *key,
                                 size_t K, json_t **array);

/* Whether a value is an array of n.
   Given  what   is counted: "numbers"
          where  it stands: "component 2: the mean"  */
int lvm_mixture_check_size (const lvm_mixture_reader *r, const json_t *array,
                            size_t n, const char *what, const char *where);

/* An array of n numbers.  Returned  v [n], finite.  */
int lvm_mixture_read_vector (const lvm_mixture_reader *r, const json_t *array,
                             size_t n, const char *where, double v[]);

/* How many weights there are, and how long the first mean is.
   Returned  K, D, at least 1.  */
int lvm_mixture_read_sizes (const lvm_mixture_reader *r, size_t *K, size_t *D);

/* Weights >= 0 of sum 1 to 1e-9, and means.
   Returned  weight [K], mean [K x D].  */
int lvm_mixture_read_parameters (const lvm_mixture_reader *r, size_t K, size_t D,
                                 double weight[], double mean[]);

/* Of the record, what is missing is NaN, 0 or false.
   Returned  record, or NULL: only looked at.  */
int lvm_mixture_read_record (const lvm_mixture_reader *r,
                             lvm_mixture_record *record);

#endif
