/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Feeds lvm_csv_parse with whatever libFuzzer thinks of. A table that was read must hold together,
   and each of its numbers must survive being written and read. The window is small, so that it
   moves and grows in short texts, too.

     clang -std=c17 -D_GNU_SOURCE -DLVM_CSV_WINDOW=16 -Isrc -g -O1 -fsanitize=fuzzer,address,undefined \
       tests/fuzz/csv.c src/data/{csv,input,number}.c src/num/error.c -lm -lz -o csv-fuzz
     ./csv-fuzz -max_total_time=300 -dict=tests/fuzz/csv.dict CORPUS */

#include "data/csv.h"
#include "data/number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A plain abort would do; this names the fault in the fuzzer's stack trace. */
static void
demand (int holds)
{
  if (!holds)
    abort ();
}

static void
check_number (double x)
{
  char text[LVM_NUMBER_SIZE];
  const char *end;
  double y;

  demand (lvm_number_write (x, text) == strlen (text));
  demand (lvm_number_read (text, &y, &end) == LVM_OK);
  demand (*end == '\0');
  demand (x == y || (isnan (x) && isnan (y)));
}

static void
check_table (const lvm_table *table)
{
  lvm_error error = { 0 };

  demand (table->rows > 0 && table->columns > 0);
  for (size_t n = 0; n < table->rows; n++)
    {
      demand (table->lines[n] > (n == 0 ? 0 : table->lines[n - 1]));
      demand (table->labels == NULL || (size_t) table->labels[n] < table->levels);
      for (size_t d = 0; d < table->columns; d++)
        {
          check_number (table->x[n * table->columns + d]);
          demand (table->names == NULL || strlen (table->names[d]) < 1000000);
        }
    }
  for (size_t c = 0; c < table->levels; c++)
    demand (*table->level_names[c] != '\0');
  demand (
      lvm_table_fail (table, table->rows - 1, table->columns - 1, &error, "fault")
      == LVM_DATA);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  lvm_table table;
  lvm_error error = { 0 };
  const char *label = size > 0 && data[0] % 2 == 0 ? "x" : NULL;
  int status =
      lvm_csv_parse (&table, (const char *) data, size, "fuzz", label, &error);

  demand (status == LVM_OK || status == LVM_DATA);
  demand (error.status == status && (status == LVM_OK) == (*error.message == '\0'));
  demand (strlen (error.message) < sizeof error.message);
  if (status == LVM_OK)
    check_table (&table);
  lvm_table_free (&table);
  return 0;
}
