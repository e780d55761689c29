/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/places.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool
lvm_is_standard (const char *path)
{
  return path != NULL && strcmp (path, "-") == 0;
}

/* Whether two paths, of inputs or of files to write, name one regular file, or will.
   Status 0 stands for a stat that succeeded.  */
static bool
same_file (const char *a, const char *b)
{
  struct stat s, t;
  const int missing_a =
      lvm_is_standard (a) ? fstat (STDIN_FILENO, &s) : stat (a, &s);
  const int missing_b =
      lvm_is_standard (b) ? fstat (STDIN_FILENO, &t) : stat (b, &t);
  if (missing_a != 0 || missing_b != 0)
    return missing_a == missing_b && strcmp (a, b) == 0;
  return S_ISREG (s.st_mode) && s.st_dev == t.st_dev && s.st_ino == t.st_ino;
}

static bool
may_replace (const lvm_place *output, const lvm_place *other)
{
  return output->replaces != NULL && strcmp (output->replaces, other->name) == 0;
}

/* Whether the output b falls on a.  Standard output is nobody's file.  */
static bool
falls_on (const lvm_place *b, const lvm_place *a)
{
  return b->written && !lvm_is_standard (b->path)
         && !(a->written && lvm_is_standard (a->path)) && !may_replace (b, a)
         && same_file (a->path, b->path);
}

int
lvm_check_places (const lvm_place p[], size_t n, lvm_error *error)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = i + 1; j < n; j++)
      {
        const lvm_place *a = &p[i], *b = &p[j];
        if (a->path == NULL || b->path == NULL)
          continue;
        if (lvm_is_standard (a->path) && lvm_is_standard (b->path)
            && a->written == b->written)
          return lvm_fail (error, LVM_USAGE, "%s and %s cannot both be standard %s",
                           a->name, b->name, a->written ? "output" : "input");
        if (falls_on (b, a))
          return lvm_fail (error, LVM_USAGE, "%s and %s are the same file, %.200s",
                           a->name, b->name, b->path);
      }
  return LVM_OK;
}
