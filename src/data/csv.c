/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/csv.h"

#include "data/number.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of text in memory at a time; the fuzzer makes them few. */
#ifndef LVM_CSV_WINDOW
#define LVM_CSV_WINDOW 262144
#endif

/* The text goes through a window, and is read in place there: each line, then each
   of its cells, is cut out by a NUL. That is why NUL bytes are refused before. */
typedef struct
{
  lvm_table *table; /* what is read */
  FILE *source;
  lvm_input *input; /* whose stream the source is, or NULL: the text is in memory */
  bool ended;       /* no text follows that in the window */
  size_t size;      /* bytes of text that it takes */
  char *window;     /* [size + 1], as a NUL may follow */
  char *head;       /* the text's first line, until the first row is read */
  char *next;       /* the line to read next */
  char *end;        /* of what is in the window */
  size_t line;      /* number of the current line */
  char separator;   /* of cells */
  size_t width;     /* cells in a line, the label included */
  size_t first;     /* number of the first line with cells; 0 before it is read */
  char **cells;     /* [width] the cells of the current line */
  const char *label; /* the column asked for, or NULL */
  size_t slots;      /* 0 or a power of two, at least twice the classes so far */
  int *slot;         /* [slots] code + 1, or 0; a hash with open addressing */
} reader;

/* Quotes text for a message: at most 40 bytes, no control characters, no character
 * cut in two. */
static const char *
shown (const char *text, char quoted[64])
{
  size_t n = strnlen (text, 41);
  bool cut = n > 40;

  while (n > 0 && (n > 40 || (cut && ((unsigned char) text[n] & 0xC0U) == 0x80U)))
    n--;
  for (size_t i = 0; i < n; i++)
    quoted[i] = (unsigned char) text[i] < ' ' || text[i] == 127 ? '?' : text[i];
  strcpy (quoted + n, cut ? "..." : "");
  return quoted;
}

/* Fails with FILE:LINE: column D (name): sentence. */
static int __attribute__ ((format (printf, 5, 0)))
fail_at (const char *file, size_t line, const char *column, lvm_error *error,
         const char *format, va_list list)
{
  char sentence[256];

  vsnprintf (sentence, sizeof sentence, format, list);
  return lvm_fail (error, LVM_DATA, "%.150s:%zu: %s%s", file, line, column,
                   sentence);
}

static void
describe_column (char description[128], size_t place, const char *name)
{
  char quoted[64];

  if (name != NULL && *name != '\0')
    snprintf (description, 128, "column %zu (%s): ", place + 1,
              shown (name, quoted));
  else
    snprintf (description, 128, "column %zu: ", place + 1);
}

int
lvm_table_fail (const lvm_table *table, size_t n, size_t d, lvm_error *error,
                const char *format, ...)
{
  char column[128] = "";
  va_list list;

  if (d < table->columns)
    describe_column (column, d + (table->labels != NULL && d >= table->label_place),
                     table->names == NULL ? NULL : table->names[d]);
  va_start (list, format);
  fail_at (table->file, table->lines[n], column, error, format, list);
  va_end (list);
  return LVM_DATA;
}

/* The same for a line, and for a cell, that is just being read. */
static int __attribute__ ((format (printf, 3, 4)))
line_fail (const reader *r, lvm_error *error, const char *format, ...)
{
  va_list list;

  va_start (list, format);
  fail_at (r->table->file, r->line, "", error, format, list);
  va_end (list);
  return LVM_DATA;
}

static int
cell_fail (const reader *r, size_t place, lvm_error *error, const char *problem)
{
  char *const *names = r->table->names;
  char column[128];
  char quoted[64];

  describe_column (column, place, names == NULL ? NULL : names[place]);
  if (*r->cells[place] == '\0')
    return line_fail (r, error, "%sthe cell is empty", column);
  return line_fail (r, error, "%s'%s' %s", column, shown (r->cells[place], quoted),
                    problem);
}

/* Fills the window with what follows. The line begun stays in it, and up to the first
   row all lines, since one may turn out to be the header. They take at most half, so
   that no byte is moved often. */
static int
fill (reader *r, lvm_error *error)
{
  char *keep = r->first > 0 ? r->next : r->head;
  size_t kept = (size_t) (r->end - keep);
  size_t done = (size_t) (r->next - keep);
  const char *nul;

  memmove (r->window, keep, kept);
  if (kept > r->size / 2)
    r->window = lvm_realloc (r->window, (r->size *= 2) + 1, 1);
  r->head = r->window;
  r->next = r->window + done;
  r->end = r->window + kept;
  r->end += fread (r->end, 1, r->size - kept, r->source);
  r->ended = feof (r->source);
  if (ferror (r->source))
    return lvm_input_check (r->input, error);
  nul = memchr (r->window + kept, '\0', (size_t) (r->end - r->window) - kept);
  if (nul == NULL)
    return LVM_OK;
  r->line++;
  for (const char *p = r->next; p < nul; p++)
    r->line += *p == '\n';
  return line_fail (r, error,
                    "a NUL byte: this is not a table in plain text (ASCII, UTF-8)");
}

/* Cuts out the next line that holds cells; NULL at the end of the text. A tab is a
   cell's end, so that a line of tabs is not blank. */
static int
next_line (reader *r, char **line, lvm_error *error)
{
  while (r->next != r->end || !r->ended)
    {
      char *end = memchr (r->next, '\n', (size_t) (r->end - r->next));

      if (end == NULL && !r->ended)
        {
          if (fill (r, error) != LVM_OK)
            return LVM_DATA;
          continue;
        }
      if (end == NULL)
        end = r->end;
      *line = r->next;
      r->next = end + (end < r->end);
      r->line++;
      *end = '\0';
      if (end > *line && end[-1] == '\r')
        end[-1] = '\0';
      *line += strspn (*line, " ");
      if (**line != '\0' && **line != '#')
        return LVM_OK;
    }
  *line = NULL;
  return LVM_OK;
}

/* Takes the quotation marks off the cell at p, in place; returns what follows it,
   or NULL where the closing mark is missing. */
static char *
unquote (char *p)
{
  char *to = p;

  for (p++; *p != '\0'; *to++ = *p++)
    if (*p == '"' && *++p != '"')
      {
        *to = '\0';
        return p;
      }
  return NULL;
}

/* Cuts out the cell at p, which may be quoted; returns its separator's place (or
   that of the final NUL), or NULL after a fault of quotation. */
static char *
cut_cell (char *p, char separator, char **cell)
{
  const char *blank = separator == '\t' ? " " : " \t";
  char *end;

  p += strspn (p, blank);
  *cell = p;
  if (*p == '"')
    {
      p = unquote (p);
      if (p == NULL)
        return NULL;
      p += strspn (p, blank);
      return *p == separator || *p == '\0' ? p : NULL;
    }
  while (*p != separator && *p != '\0')
    p++;
  for (end = p; end > *cell && strchr (blank, end[-1]) != NULL; end--)
    ;
  if (end < p)
    *end = '\0';
  return p;
}

/* Cuts a line into its cells, of which the first `most` are kept.

   Returned: n       the number of cells; after a fault that of the faulty cell,
   from 1 Status:   whether all quotation marks are in place. */
static bool
split (char *p, char separator, char **cells, size_t most, size_t *n)
{
  char *cell;

  for (*n = 1;; ++*n)
    {
      bool last;

      p = cut_cell (p, separator, &cell);
      if (p == NULL)
        return false;
      last = *p == '\0';
      *p = '\0';
      if (*n <= most)
        cells[*n - 1] = cell;
      if (last)
        return true;
      p++;
    }
}

static char
find_separator (const char *line)
{
  static const char separators[] = "\t;,";
  bool quoted = false;
  char found = ',';
  size_t best = 2;

  for (; *line != '\0'; line++)
    {
      const char *s = strchr (separators, *line);

      quoted = quoted != (*line == '"');
      if (s != NULL && !quoted && (size_t) (s - separators) < best)
        {
          best = (size_t) (s - separators);
          found = *s;
        }
    }
  return found;
}

static size_t
most_cells (const char *line, char separator)
{
  size_t n = 1;

  for (; *line != '\0'; line++)
    n += *line == separator;
  return n;
}

static char *
copy_string (const char *from)
{
  return strcpy (lvm_alloc (strlen (from) + 1, 1), from);
}

/* A vector of strings in one piece of memory. */
static char **
copy_strings (size_t n, char *const *from)
{
  size_t size = n * sizeof (char *);
  char **copy;
  char *text;

  for (size_t i = 0; i < n; i++)
    size += strlen (from[i]) + 1;
  copy = lvm_alloc (size, 1);
  text = (char *) (copy + n);
  for (size_t i = 0; i < n; i++)
    {
      copy[i] = text;
      text = stpcpy (text, from[i]) + 1;
    }
  return copy;
}

static bool
is_number (const char *cell)
{
  double x;
  const char *end;

  return lvm_number_read (cell, &x, &end) != LVM_FAILED && *end == '\0';
}

static bool
looks_like_header (const reader *r)
{
  bool text = false;

  for (size_t d = 0; d < r->width; d++)
    {
      if (is_number (r->cells[d]))
        return false;
      text = text || *r->cells[d] != '\0';
    }
  return text;
}

/* Finds the header among the '#' lines above the data, whose first row has just been
   cut out. All lines so far end in a NUL. */
static void
find_header_above (reader *r)
{
  char **cells = lvm_alloc (r->width, sizeof (char *));
  char **names = NULL;
  char *after;
  size_t n;

  for (char *p = r->head; p < r->cells[0] && names == NULL; p = after + 1)
    {
      p += strspn (p, " ");
      after = p + strlen (p);
      if (*p == '#' && split (p + 1, r->separator, cells, r->width, &n)
          && n == r->width)
        names = copy_strings (n, cells);
    }
  r->table->names = names;
  free (cells);
}

/* Cuts out the cells of the next line. The first line says how many a line has to
 * have. */
static int
next_row (reader *r, bool *found, lvm_error *error)
{
  char *line;
  size_t n;

  if (next_line (r, &line, error) != LVM_OK)
    return LVM_DATA;
  *found = line != NULL;
  if (line == NULL)
    return LVM_OK;
  if (r->first == 0)
    {
      r->separator = find_separator (line);
      r->width = most_cells (line, r->separator);
      r->cells = lvm_alloc (r->width, sizeof (char *));
    }
  if (!split (line, r->separator, r->cells, r->width, &n))
    return line_fail (
        r, error, "column %zu: a quotation mark is missing, or text follows it", n);
  if (r->first == 0)
    {
      r->first = r->line;
      r->width = n;
    }
  if (n != r->width)
    return line_fail (r, error, "%zu cell%s, but line %zu has %zu", n,
                      n == 1 ? "" : "s", r->first, r->width);
  return LVM_OK;
}

/* Reads the header, if there is one, and cuts out the first row of data. */
static int
read_head (reader *r, lvm_error *error)
{
  bool found;
  int status = next_row (r, &found, error);

  if (status == LVM_OK && found && looks_like_header (r))
    {
      r->table->names = copy_strings (r->width, r->cells);
      status = next_row (r, &found, error);
    }
  else if (status == LVM_OK && found)
    find_header_above (r);
  if (status == LVM_OK && !found)
    return lvm_fail (error, LVM_DATA, "%.200s: %s", r->table->file,
                     r->line == 0    ? "the file is empty"
                     : r->first == 0 ? "the file has no rows"
                                     : "the file has a header but no rows");
  return status;
}

/* The place of the column of labels; the width where none is asked for or found. */
static size_t
find_label (const reader *r)
{
  size_t place = 0;

  if (r->label == NULL || r->table->names == NULL)
    return r->width;
  while (place < r->width && strcmp (r->table->names[place], r->label) != 0)
    place++;
  return place;
}

static int
choose_label (const reader *r, lvm_error *error)
{
  lvm_table *t = r->table;
  char quoted[64];
  const char *problem = NULL;

  t->label_place = find_label (r);
  t->columns = r->width;
  if (r->label == NULL)
    return LVM_OK;
  t->columns--;
  if (t->names == NULL)
    problem = "has no header, so there is no column";
  else if (t->label_place == r->width)
    problem = "has no column";
  else if (t->columns == 0)
    problem = "has no column of numbers besides";
  if (problem == NULL)
    return LVM_OK;
  return lvm_fail (error, LVM_DATA, "%.200s: the file %s '%s'", t->file, problem,
                   shown (r->label, quoted));
}

/* Gives the table room for so many rows. Room that is not used yet costs no memory
   where the system grants pages when they are written to. */
static void
make_room (const reader *r, size_t rows)
{
  lvm_table *t = r->table;

  t->x = lvm_realloc (t->x, rows, t->columns * sizeof (double));
  t->lines = lvm_realloc (t->lines, rows, sizeof (size_t));
  if (r->label != NULL)
    t->labels = lvm_realloc (t->labels, rows, sizeof (int));
}

/* The slot of a class, or the empty one that it would take. */
static int *
find_slot (const reader *r, const char *name)
{
  uint64_t hash = UINT64_C (14695981039346656037); /* FNV-1a */
  size_t i;

  for (const char *p = name; *p != '\0'; p++)
    hash = (hash ^ (unsigned char) *p) * UINT64_C (1099511628211);
  for (i = (size_t) hash & (r->slots - 1); r->slot[i] != 0;
       i = (i + 1) & (r->slots - 1))
    if (strcmp (r->table->level_names[r->slot[i] - 1], name) == 0)
      break;
  return r->slot + i;
}

/* Doubles the number of slots, and the room for names with it. */
static void
double_slots (reader *r)
{
  lvm_table *t = r->table;

  r->slots = r->slots == 0 ? 2 : 2 * r->slots;
  r->slot = lvm_realloc (r->slot, r->slots, sizeof (int));
  memset (r->slot, 0, r->slots * sizeof (int));
  t->level_names = lvm_realloc (t->level_names, r->slots / 2, sizeof (char *));
  for (size_t i = 0; i < t->levels; i++)
    *find_slot (r, t->level_names[i]) = (int) i + 1;
}

/* The code of a class; a new one where the name is new. */
static int
class_code (reader *r, const char *name)
{
  lvm_table *t = r->table;
  int *slot;

  if (2 * t->levels == r->slots)
    double_slots (r);
  slot = find_slot (r, name);
  if (*slot == 0)
    {
      t->level_names[t->levels] = copy_string (name);
      *slot = (int) ++t->levels;
    }
  return *slot - 1;
}

static int
read_row (reader *r, lvm_error *error)
{
  lvm_table *t = r->table;
  double *x = t->x + t->rows * t->columns;

  for (size_t place = 0; place < r->width; place++)
    {
      char *cell = r->cells[place];
      const char *end = cell;
      int status = LVM_FAILED;

      if (place == t->label_place && *cell != '\0')
        {
          t->labels[t->rows] = class_code (r, cell);
          continue;
        }
      if (*cell != '\0')
        status = lvm_number_read (cell, x++, &end);
      if (status == LVM_FAILED || *end != '\0')
        return cell_fail (r, place, error, "is not a number");
      if (status != LVM_OK)
        return cell_fail (r, place, error, "is too large for a double");
    }
  t->lines[t->rows++] = r->line;
  return LVM_OK;
}

static int
read_rows (reader *r, lvm_error *error)
{
  size_t room = 0;
  bool found = true;
  int status;

  do
    {
      if (r->table->rows == room)
        make_room (r, room = 2 * room + 1);
      status = read_row (r, error);
      if (status == LVM_OK)
        status = next_row (r, &found, error);
    }
  while (status == LVM_OK && found);
  make_room (r, r->table->rows);
  return status;
}

/* Reads all of a table. Until the end its names have the label's among them. */
static int
read_table (reader *r, lvm_error *error)
{
  lvm_table *t = r->table;

  r->head = r->next = r->end = r->window = lvm_alloc (r->size + 1, 1);
  if (fill (r, error) != LVM_OK)
    return LVM_DATA;
  if (r->end - r->next >= 3 && memcmp (r->next, "\xEF\xBB\xBF", 3) == 0)
    r->head = r->next += 3;
  if (read_head (r, error) != LVM_OK || choose_label (r, error) != LVM_OK
      || read_rows (r, error) != LVM_OK)
    return LVM_DATA;
  for (size_t d = t->label_place; d < t->columns; d++)
    t->names[d] = t->names[d + 1];
  return LVM_OK;
}

/* Reads a table from a stream, that of the input if there is one. */
static int
read_from (FILE *source, lvm_input *input, lvm_table *table, const char *name,
           const char *label, lvm_error *error)
{
  reader r = { .table = table,
               .source = source,
               .input = input,
               .size = LVM_CSV_WINDOW,
               .label = label };
  int status;

  *table = (lvm_table){ .file = copy_string (name) };
  status = read_table (&r, error);
  free (r.window);
  free (r.cells);
  free (r.slot);
  return status;
}

int
lvm_csv_parse (lvm_table *table, const char *text, size_t length, const char *name,
               const char *label, lvm_error *error)
{
  /* a stream that is only read leaves the text as it is */
  FILE *source = fmemopen ((char *) text, length, "r");
  int status = read_from (source, NULL, table, name, label, error);

  fclose (source);
  return status;
}

int
lvm_csv_read_from (lvm_table *table, lvm_input *input, const char *label,
                   lvm_error *error)
{
  return read_from (lvm_input_stream (input), input, table, lvm_input_name (input),
                    label, error);
}

int
lvm_csv_read (lvm_table *table, const char *path, const char *label,
              lvm_error *error)
{
  lvm_input *input = lvm_input_open (path, error);
  int status = LVM_DATA;

  *table = (lvm_table){ 0 };
  if (input != NULL)
    status = lvm_csv_read_from (table, input, label, error);
  lvm_input_close (input);
  return status;
}

void
lvm_table_free (lvm_table *table)
{
  for (size_t i = 0; i < table->levels; i++)
    free (table->level_names[i]);
  free (table->level_names);
  free (table->file);
  free (table->x);
  free (table->names);
  free (table->lines);
  free (table->labels);
  *table = (lvm_table){ 0 };
}
