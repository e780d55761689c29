/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_HARNESS_READER_H
#define LVM_HARNESS_READER_H

#include "harness/judge.h"

/* A reader's own functions in place of ours.

   Given     a shared library; every function in it that is named like a slot
             takes that slot, the other slots inherit the reference.
   Returned  0 every claim accepts; 1 some claim rejects, and the mistake is
             named where it is a known one; 2 the library cannot be loaded;
             77 it has no function named like a slot of this chapter.  */
int try_reader (const char *library, const check *, size_t n);

#endif
