/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/csv.h"

#include "data/number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The text is read in place: each line, then each of its cells, is cut out by a
   NUL. That is why NUL bytes are refused first. */
typedef struct
{
  const char *file; /* for messages */
  char *begin;      /* the text, without byte order mark */
  char *next;       /* the line to read next */
  char *end;        /* of the text; *end is NUL */
  size_t line;      /* number of the current line */
  char separator;   /* of cells */
  size_t width;     /* cells in a line, the label included */
  char *first;      /* the first line with cells, and its number */
  size_t first_line;
  char **cells;      /* [width] the cells of the current line */
  char **names;      /* [width] those of the header, or NULL */
  const char *label; /* the column asked for, or NULL */
} reader;

/* The class names met so far, found again by a hash (open addressing, at most half
 * full). */
typedef struct
{
  size_t levels;
  char **names; /* [levels] */
  size_t slots; /* a power of two */
  int *slot;    /* [slots] code + 1, or 0 */
} classes;

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
  fail_at (r->file, r->line, "", error, format, list);
  va_end (list);
  return LVM_DATA;
}

static int
cell_fail (const reader *r, size_t place, lvm_error *error, const char *problem)
{
  char column[128];
  char quoted[64];

  describe_column (column, place, r->names == NULL ? NULL : r->names[place]);
  if (*r->cells[place] == '\0')
    return line_fail (r, error, "%sthe cell is empty", column);
  return line_fail (r, error, "%s'%s' %s", column, shown (r->cells[place], quoted),
                    problem);
}

/* Cuts out the next line that holds cells; NULL at the end of the text. A tab is a
   cell's end, so that a line of tabs is not blank. */
static char *
next_line (reader *r)
{
  while (r->next < r->end)
    {
      char *line = r->next;
      char *end = memchr (line, '\n', (size_t) (r->end - line));

      if (end == NULL)
        end = r->end;
      r->next = end + (end < r->end);
      r->line++;
      *end = '\0';
      if (end > line && end[-1] == '\r')
        end[-1] = '\0';
      line += strspn (line, " ");
      if (*line != '\0' && *line != '#')
        return line;
    }
  return NULL;
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

/* The number of the line in which end stands. */
static size_t
count_lines (const char *text, const char *end)
{
  size_t n = 1;

  for (; (text = memchr (text, '\n', (size_t) (end - text))) != NULL; text++)
    n++;
  return n;
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

/* Finds the header among the '#' lines above the data. All lines so far end in a
 * NUL. */
static void
find_header_above (reader *r)
{
  char **cells = lvm_alloc (r->width, sizeof (char *));
  char *after;
  size_t n;

  for (char *p = r->begin; p < r->first && r->names == NULL; p = after + 1)
    {
      p += strspn (p, " ");
      after = p + strlen (p);
      if (*p == '#' && split (p + 1, r->separator, cells, r->width, &n)
          && n == r->width)
        r->names = copy_strings (n, cells);
    }
  free (cells);
}

/* Cuts out the cells of the next line. The first line says how many a line has to
 * have. */
static int
next_row (reader *r, bool *found, lvm_error *error)
{
  char *line = next_line (r);
  size_t n;

  *found = line != NULL;
  if (line == NULL)
    return LVM_OK;
  if (r->first == NULL)
    {
      r->separator = find_separator (line);
      r->width = most_cells (line, r->separator);
      r->cells = lvm_alloc (r->width, sizeof (char *));
    }
  if (!split (line, r->separator, r->cells, r->width, &n))
    return line_fail (
        r, error, "column %zu: a quotation mark is missing, or text follows it", n);
  if (r->first == NULL)
    {
      r->first = line;
      r->first_line = r->line;
      r->width = n;
    }
  if (n != r->width)
    return line_fail (r, error, "%zu cell%s, but line %zu has %zu", n,
                      n == 1 ? "" : "s", r->first_line, r->width);
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
      r->names = copy_strings (r->width, r->cells);
      status = next_row (r, &found, error);
    }
  else if (status == LVM_OK && found)
    find_header_above (r);
  if (status == LVM_OK && !found)
    return lvm_fail (error, LVM_DATA, "%.200s: %s", r->file,
                     r->begin == r->end ? "the file is empty"
                     : r->first == NULL ? "the file has no rows"
                                        : "the file has a header but no rows");
  return status;
}

/* The place of the column of labels; the width where none is asked for or found. */
static size_t
find_label (const reader *r)
{
  size_t place = 0;

  if (r->label == NULL || r->names == NULL)
    return r->width;
  while (place < r->width && strcmp (r->names[place], r->label) != 0)
    place++;
  return place;
}

static int
choose_label (const reader *r, lvm_table *table, lvm_error *error)
{
  char quoted[64];
  const char *problem = NULL;

  table->label_place = find_label (r);
  table->columns = r->width;
  if (r->label == NULL)
    return LVM_OK;
  table->columns--;
  if (r->names == NULL)
    problem = "has no header, so there is no column";
  else if (table->label_place == r->width)
    problem = "has no column";
  else if (table->columns == 0)
    problem = "has no column of numbers besides";
  if (problem == NULL)
    return LVM_OK;
  return lvm_fail (error, LVM_DATA, "%.200s: the file %s '%s'", r->file, problem,
                   shown (r->label, quoted));
}

/* Gives the table its names and its memory. The number of rows is bounded by that
   of line ends, and that of numbers also by the bytes, two of which each number
   takes: a long first line and many short ones must not ask for their product. */
static void
allocate (const reader *r, lvm_table *table, classes *c)
{
  size_t bytes = (size_t) (r->end - r->first);
  size_t rows = 1 + count_lines (r->next, r->end);
  size_t numbers;

  if (__builtin_mul_overflow (rows, table->columns, &numbers)
      || numbers > bytes / 2 + 1)
    numbers = bytes / 2 + 1;
  table->x = lvm_alloc (numbers, sizeof (double));
  table->lines = lvm_alloc (rows, sizeof (size_t));
  if (r->names != NULL)
    {
      char **names = lvm_alloc (table->columns, sizeof (char *));

      for (size_t d = 0; d < table->columns; d++)
        names[d] = r->names[d + (d >= table->label_place)];
      table->names = copy_strings (table->columns, names);
      free (names);
    }
  if (r->label != NULL)
    {
      for (c->slots = 2; c->slots < 2 * rows; c->slots *= 2)
        ;
      c->slot = lvm_alloc (c->slots, sizeof (int));
      memset (c->slot, 0, c->slots * sizeof (int));
      c->names = lvm_alloc (rows, sizeof (char *));
      table->labels = lvm_alloc (rows, sizeof (int));
    }
}

/* The code of a class; a new one where the name is new. */
static int
class_code (classes *c, char *name)
{
  uint64_t hash = UINT64_C (14695981039346656037); /* FNV-1a */
  size_t i;

  for (const char *p = name; *p != '\0'; p++)
    hash = (hash ^ (unsigned char) *p) * UINT64_C (1099511628211);
  for (i = (size_t) hash & (c->slots - 1); c->slot[i] != 0;
       i = (i + 1) & (c->slots - 1))
    if (strcmp (c->names[c->slot[i] - 1], name) == 0)
      return c->slot[i] - 1;
  c->names[c->levels++] = name;
  c->slot[i] = (int) c->levels;
  return c->slot[i] - 1;
}

static int
read_row (const reader *r, lvm_table *table, classes *c, lvm_error *error)
{
  double *x = table->x + table->rows * table->columns;

  for (size_t place = 0; place < r->width; place++)
    {
      char *cell = r->cells[place];
      const char *end = cell;
      int status = LVM_FAILED;

      if (place == table->label_place && *cell != '\0')
        {
          table->labels[table->rows] = class_code (c, cell);
          continue;
        }
      if (*cell != '\0')
        status = lvm_number_read (cell, x++, &end);
      if (status == LVM_FAILED || *end != '\0')
        return cell_fail (r, place, error, "is not a number");
      if (status != LVM_OK)
        return cell_fail (r, place, error, "is too large for a double");
    }
  table->lines[table->rows++] = r->line;
  return LVM_OK;
}

static int
read_rows (reader *r, lvm_table *table, lvm_error *error)
{
  classes c = { 0 };
  bool found = true;
  int status;

  allocate (r, table, &c);
  do
    {
      status = read_row (r, table, &c, error);
      if (status == LVM_OK)
        status = next_row (r, &found, error);
    }
  while (status == LVM_OK && found);
  if (r->label != NULL)
    {
      table->levels = c.levels;
      table->level_names = copy_strings (c.levels, c.names);
    }
  free (c.slot);
  free (c.names);
  return status;
}

/* Reads the text, which is cut to pieces on the way; text[length] is NUL. */
static int
parse (lvm_table *table, char *text, size_t length, const char *label,
       lvm_error *error)
{
  bool marked = length >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0;
  reader r = { .file = table->file,
               .begin = text + (marked ? 3 : 0),
               .end = text + length,
               .label = label };
  const char *nul = memchr (text, '\0', length);
  int status;

  if (nul != NULL)
    return lvm_fail (
        error, LVM_DATA,
        "%.200s:%zu: a NUL byte: this is not a table in plain text (ASCII, UTF-8)",
        table->file, count_lines (text, nul));
  r.next = r.begin;
  status = read_head (&r, error);
  if (status == LVM_OK)
    status = choose_label (&r, table, error);
  if (status == LVM_OK)
    status = read_rows (&r, table, error);
  free (r.cells);
  free (r.names);
  return status;
}

/* Starts a table, empty but for the name of its file. */
static void
begin_table (lvm_table *table, const char *file)
{
  *table = (lvm_table){ 0 };
  table->file = lvm_alloc (strlen (file) + 1, 1);
  strcpy (table->file, file);
}

int
lvm_csv_parse (lvm_table *table, const char *text, size_t length, const char *name,
               const char *label, lvm_error *error)
{
  char *copy = lvm_alloc (length + 1, 1);
  int status;

  begin_table (table, name);
  memcpy (copy, text, length);
  copy[length] = '\0';
  status = parse (table, copy, length, label, error);
  free (copy);
  return status;
}

/* Reads all of an open file, a pipe included, and adds a NUL. */
static char *
read_whole (int fd, size_t *length)
{
  struct stat s;
  size_t size =
      fstat (fd, &s) == 0 && s.st_size > 0 ? (size_t) s.st_size + 1 : 65536;
  char *text = lvm_alloc (size, 1);
  ssize_t n;

  *length = 0;
  while ((n = read (fd, text + *length, size - *length)) != 0)
    {
      if (n < 0 && errno != EINTR)
        {
          free (text);
          return NULL;
        }
      if (n > 0)
        *length += (size_t) n;
      if (*length == size)
        text = lvm_realloc (text, size *= 2, 1);
    }
  text[*length] = '\0';
  return text;
}

int
lvm_csv_read (lvm_table *table, const char *path, const char *label,
              lvm_error *error)
{
  bool standard = strcmp (path, "-") == 0;
  int fd = standard ? STDIN_FILENO : open (path, O_RDONLY | O_CLOEXEC);
  char *text = NULL;
  size_t length;
  int status;

  begin_table (table, standard ? "standard input" : path);
  if (fd >= 0)
    text = read_whole (fd, &length);
  if (text == NULL)
    status =
        lvm_fail (error, LVM_DATA, "%.200s: %s", table->file, strerror (errno));
  else
    status = parse (table, text, length, label, error);
  free (text);
  if (fd >= 0 && !standard)
    close (fd);
  return status;
}

void
lvm_table_free (lvm_table *table)
{
  free (table->file);
  free (table->x);
  free (table->names);
  free (table->lines);
  free (table->labels);
  free (table->level_names);
  *table = (lvm_table){ 0 };
}
