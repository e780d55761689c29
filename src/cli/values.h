/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_VALUES_H
#define LVM_CLI_VALUES_H

#include "num/error.h"

/* The numbers that a chapter's program computed and the book quotes by name: a JSON file

     { "iris-correct": { "value": 147, "text": "147" }, ... }

   with the names in order of addition. */
typedef struct lvm_values lvm_values;

/* No values yet. Release with lvm_values_free. */
lvm_values *lvm_values_alloc (void);

void lvm_values_free (lvm_values *values);

/* Adds a value. The first failure is kept, and lvm_values_write reports it: the calls need no
   check.

   Given:    name      of a-z, 0-9 and '-', not yet in use
             value     finite
             format    how the book writes it: one conversion of a double, such as "%.3f", or
                       "%d" for a whole number
   Status:   LVM_OK or LVM_FAILED. */
int lvm_values_add (lvm_values *values, const char *name, double value,
                    const char *format);

/* Writes the file, whole or not at all (data/output.h).

   Given:    path      NULL or "-" for standard output
   Returned: error
   Status:   LVM_OK; LVM_FAILED after a failure of lvm_values_add; LVM_DATA. */
int lvm_values_write (const lvm_values *values, const char *path, lvm_error *error);

#endif
