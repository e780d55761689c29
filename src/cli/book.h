/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_BOOK_H
#define LVM_CLI_BOOK_H

#include "cli/table.h"
#include "num/error.h"

/* What a chapter's experiment hands to the book: the tables its figures are drawn from, the values
   its text quotes, and the identities it verified on the way. */
typedef struct lvm_book lvm_book;

/* Given:    dir      values go to dir/values/CHAPTER.json, tables to dir/tables/NAME.tsv;
                      NULL: nothing is written, the checks are made all the same
             chapter  such as "01-responsibilities" */
lvm_book *lvm_book_open (const char *dir, const char *chapter);

/* A value, as lvm_values_add. The first failure is kept for lvm_book_close. */
void lvm_book_value (lvm_book *book, const char *name, double value,
                     const char *format);

/* A table: begin, write its cells, end. One table at a time. */
lvm_table_writer *lvm_book_table_begin (lvm_book *book, const char *name,
                                        size_t columns, const char *const names[]);
void lvm_book_table_end (lvm_book *book);

/* An identity: a and b agree within the bound (num/compare.h). */
void lvm_book_check (lvm_book *book, const char *what, double a, double b,
                     double bound);

/* The end of the experiment: writes the values and says in one sentence on stderr what was
   verified.

   Returned: error
   Status:   LVM_OK; LVM_FAILED where an identity did not hold; LVM_DATA where something could not
   be written. The book is released. */
int lvm_book_close (lvm_book *book, lvm_error *error);

/* The experiment of a chapter, which chapters/NN-name/experiment.c defines and the chapter's
   program runs when it is called without data: it prints the chapter's table, verifies its
   identities and fills the book.

   Given:    dir      as above
             quick    small versions of the long parts
   Returned: error */
int lvm_experiment (const char *dir, bool quick, lvm_error *error);

#endif
