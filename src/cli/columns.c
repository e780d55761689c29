/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
add (lvm_columns *c, const char *prefix, const char *name)
{
  char *text = lvm_alloc (strlen (prefix) + strlen (name) + 1, 1);
  strcat (strcpy (text, prefix), name);
  c->name = lvm_realloc (c->name, c->count + 1, sizeof *c->name);
  c->name[c->count++] = text;
}

void
lvm_columns_add (lvm_columns *c, const char *name)
{
  add (c, "", name);
}

void
lvm_columns_each (lvm_columns *c, const char *prefix, size_t n, char *const names[])
{
  for (size_t i = 0; i < n; i++)
    {
      char number[32];
      snprintf (number, sizeof number, "%zu", i + 1);
      add (c, prefix, names == NULL || *names[i] == '\0' ? number : names[i]);
    }
}

void
lvm_columns_begin (lvm_columns *c, lvm_table_writer *writer, lvm_output *output,
                   lvm_format format)
{
  lvm_table_begin (writer, output, format, c->count, (const char *const *) c->name);
  for (size_t i = 0; i < c->count; i++)
    free (c->name[i]);
  free (c->name);
  *c = (lvm_columns){ 0 };
}
