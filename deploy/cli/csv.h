/* csv.h: tables as CSV files: RFC 4180 with lines that end in a line feed; one line of column names, then a line a row.
 *
 * Numbers are the shortest that read back as the same double, nothing where there is no finite value; a text is quoted where it has
 * to be. */
#ifndef DEPLOY_CLI_CSV_H
#define DEPLOY_CLI_CSV_H

#include <stdio.h>

struct glb_csv {
  FILE *out;  // kept
  int cells;  // of the line so far
};

void glb_csv_text(struct glb_csv *csv, const char *text);
void glb_csv_real(struct glb_csv *csv, double value);
void glb_csv_integer(struct glb_csv *csv, long long value);
/* "a,b,c": names without anything to quote. */
void glb_csv_names(struct glb_csv *csv, const char *names);
void glb_csv_end(struct glb_csv *csv);
/* A whole line of names. */
void glb_csv_head(struct glb_csv *csv, const char *names);

/* Lands a table that put writes, as the file `path`. GLB_EIO. */
typedef void (*glb_csv_fn)(struct glb_csv *csv, const void *context);
int glb_csv_land(const char *path, glb_csv_fn put, const void *context);

struct glb_csv_table {
  const char *name;  // of the file
  glb_csv_fn put;
  int left_out;  // there is nothing to tell
};
/* Lands count tables in a folder, which is made. GLB_EIO. */
int glb_csv_folder(const char *folder, const struct glb_csv_table *tables, int count, const void *context);

#endif  // DEPLOY_CLI_CSV_H
