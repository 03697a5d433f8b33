#include "learner/board.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/assert.h"

enum { LABEL = 10, CELLS = 3, VALUE = 48, NOTE_LINES = 4 };

int glb_board_fits(FILE *out) {
  const char *term = getenv("TERM");
  return isatty(fileno(out)) && term && term[0] && strcmp(term, "dumb") != 0;
}

void glb_board_init(struct glb_board *b) {
  const char *no_colour = getenv("NO_COLOR");
  *b = (struct glb_board){.colour = !no_colour || !no_colour[0]};
}

int glb_board_columns(FILE *out) {
  struct winsize size;
  return !ioctl(fileno(out), TIOCGWINSZ, &size) && size.ws_col > 0 ? size.ws_col : 80;
}

/* ---- values as text, "-" where there is none ---- */

struct value {
  char text[VALUE];
};

static struct value real(double x) {
  struct value v = {"-"};
  if (isnan(x)) return v;
  const double size = fabs(x);
  snprintf(v.text, sizeof v.text, size >= 1e5 ? "%.3g" : size >= 100 ? "%.1f" : "%.2f", x);
  return v;
}

static struct value whole(double x) {
  struct value v = {"-"};
  if (!isnan(x)) snprintf(v.text, sizeof v.text, x < 1e15 ? "%.0f" : "%.3g", x);
  return v;
}

static struct value percent(double x) {
  struct value v = {"-"};
  if (!isnan(x)) snprintf(v.text, sizeof v.text, "%.0f%%", fmin(fmax(100 * x, -999), 9999));
  return v;
}

static struct value bytes(double x) {
  struct value v = {"-"};
  if (!isnan(x))
    snprintf(v.text, sizeof v.text, x < 1e10 ? "%.0f MB" : "%.1f GB", x < 1e10 ? x / 1e6 : x / 1e9);
  return v;
}

/* One of two, or both where they differ and there is a second. */
static struct value pair(double first, const char *between, double second) {
  struct value v = real(first);
  const size_t used = strlen(v.text);
  if (!isnan(second) && second != first)
    snprintf(v.text + used, sizeof v.text - used, "%s%s", between, real(second).text);
  return v;
}

static struct value duration(double seconds) {
  struct value v = {"-"};
  if (isnan(seconds) || seconds > 1e9) return v;
  const long s = lround(seconds);
  if (s >= 86400)
    snprintf(v.text, sizeof v.text, "%ldd %02ldh", s / 86400, s / 3600 % 24);
  else if (s >= 3600)
    snprintf(v.text, sizeof v.text, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  else
    snprintf(v.text, sizeof v.text, "%ld:%02ld", s / 60, s % 60);
  return v;
}

static struct value rounds(const struct glb_course *c) {
  struct value v = whole(c->row[GLB_METRIC_round]);
  const size_t used = strlen(v.text);
  if (c->rounds >= 0) snprintf(v.text + used, sizeof v.text - used, "/%lld", (long long)c->rounds);
  return v;
}

/* ---- lines ---- */

/* Bytes that a line may have. */
static int width_of(const struct glb_board *b) {
  return b->columns <= GLB_BOARD_WIDTH ? b->columns - 1 : GLB_BOARD_WIDTH - 1;
}

static char *new_line(struct glb_board *b, const char *label) {
  GLB_ASSERT(b->lines < GLB_BOARD_LINES);
  char *line = b->line[b->lines];
  b->labels[b->lines++] = (int)strlen(label);
  snprintf(line, (size_t)width_of(b) + 1, "%s", label);
  return line;
}

/* Text at a column of the newest line, or two blanks behind what is there; left out where it does not fit. */
static void put(struct glb_board *b, int column, const char *text) {
  char *line = b->line[b->lines - 1];
  const int used = (int)strlen(line), from = used > 0 && used + 2 > column ? used + 2 : column;
  if (from + (int)strlen(text) > width_of(b)) return;
  memset(line + used, ' ', (size_t)(from - used));
  strcpy(line + from, text);
}

/* The same at the right edge. */
static void put_right(struct glb_board *b, const char *text) {
  put(b, width_of(b) - (int)strlen(text), text);
}

/* In the next of the CELLS behind the label. */
__attribute__((format(printf, 3, 4))) static void cell(struct glb_board *b, int number, const char *format,
                                                       ...) {
  char text[GLB_BOARD_WIDTH];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  const int space = width_of(b) - LABEL;
  put(b, LABEL + number * (space < 96 ? space / CELLS : 32), text);
}

/* Bytes that would steer a terminal stand as question marks. */
static void make_printable(char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < ' ' || *text == 127) *text = '?';
}

/* The end of a name, which tells runs apart, in at most room bytes. */
static void put_name(struct glb_board *b, const char *name, int room) {
  char text[GLB_BOARD_WIDTH];
  const int length = (int)strlen(name);
  const char *from = name;
  if (length > room && room > 3) {
    from = name + length - (room - 3);
    while ((*from & 0xc0) == 0x80) from++;  // not within a letter of UTF-8
  }
  snprintf(text, sizeof text, "%s%s", from == name ? "" : "...", from);
  make_printable(text);
  put(b, 0, text);
}

static void put_title(struct glb_board *b, const struct glb_board_run *run) {
  char right[VALUE + 64];
  snprintf(right, sizeof right, "%.30s  round %s", run->state, rounds(run->course).text);
  new_line(b, "");
  put_name(b, run->name, width_of(b) - (int)strlen(right) - 2);
  put_right(b, right);
}

static void put_bar(struct glb_board *b, const struct glb_course *c) {
  char right[64], bar[GLB_BOARD_WIDTH];
  const double left = glb_course_left(c), round = c->row[GLB_METRIC_round];
  const double share = isnan(round) || c->rounds <= 0 ? 0 : fmin(round / (double)c->rounds, 1);
  const int used = snprintf(right, sizeof right, "%3.0f%%", floor(100 * share));
  if (!isnan(left)) snprintf(right + used, sizeof right - (size_t)used, "  %s left", duration(left).text);
  const int space = width_of(b) - (int)strlen(right) - 4;
  new_line(b, "");
  if (space >= 10) {
    const int filled = (int)(share * space);
    snprintf(bar, sizeof bar, "[%*s]", space, "");
    memset(bar + 1, '#', (size_t)filled);
    memset(bar + 1 + filled, '.', (size_t)(space - filled));
    put(b, 0, bar);
  }
  put_right(b, right);
}

static void put_learning(struct glb_board *b, const struct glb_course *c) {
  const double *row = c->row;
  new_line(b, "steps");
  cell(b, 0, "%s", whole(row[GLB_METRIC_steps]).text);
  cell(b, 1, "%s steps/s", whole(row[GLB_METRIC_steps_per_second]).text);
  cell(b, 2, "%s updates/s", whole(row[GLB_METRIC_updates_per_second]).text);
  new_line(b, "return");
  cell(b, 0, "%s", pair(row[GLB_METRIC_train_return_first], " .. ", row[GLB_METRIC_train_return_last]).text);
  if (!isnan(row[GLB_METRIC_train_success]))
    cell(b, 1, "success %s", percent(row[GLB_METRIC_train_success]).text);
  if (row[GLB_METRIC_diverged] > 0) cell(b, 2, "diverged %s", whole(row[GLB_METRIC_diverged]).text);
  new_line(b, "held-out");
  cell(b, 0, "%s", pair(row[GLB_METRIC_eval_return_first], " .. ", row[GLB_METRIC_eval_return_last]).text);
  if (!isnan(row[GLB_METRIC_eval_success]))
    cell(b, 1, "success %s", percent(row[GLB_METRIC_eval_success]).text);
  if (!isnan(c->evaluated)) cell(b, 2, "in round %.0f", c->evaluated);
  new_line(b, "model");
  cell(b, 0, "evidence %s",
       pair(row[GLB_METRIC_evidence_reward], "/", row[GLB_METRIC_evidence_transition]).text);
  cell(b, 1, "rank %s",
       pair(exp(row[GLB_METRIC_log_rank_reward]), "/", exp(row[GLB_METRIC_log_rank_transition])).text);
  cell(b, 2, "entropy %s", real(row[GLB_METRIC_entropy]).text);
}

static void put_ranks(struct glb_board *b, const struct glb_course *c) {
  const double *row = c->row;
  new_line(b, "busy");
  cell(b, 0, "learner %s", percent(row[GLB_METRIC_learner_busy]).text);
  cell(b, 1, "actors %s", percent(row[GLB_METRIC_actor_busy]).text);
  if (c->lag >= 0) cell(b, 2, "lag %d", c->lag);
  new_line(b, "memory");
  cell(b, 0, "learner %s", bytes(row[GLB_METRIC_memory]).text);
  cell(b, 1, "actor %s", bytes(row[GLB_METRIC_actor_memory]).text);
  if (row[GLB_METRIC_actors_lost] > 0)
    cell(b, 2, "actors %s, %s lost", whole(row[GLB_METRIC_actors]).text,
         whole(row[GLB_METRIC_actors_lost]).text);
  else
    cell(b, 2, "actors %s", whole(row[GLB_METRIC_actors]).text);
}

/* In lines that break at blanks; the last ends with dots where there is more. */
static void put_note(struct glb_board *b, const char *note) {
  const int width = width_of(b);
  for (int i = 0; *note && i < NOTE_LINES; i++) {
    int length = (int)strlen(note);
    if (length > width) {
      length = width;
      while (length > width / 2 && note[length] != ' ') length--;
      if (note[length] != ' ') length = width;
    }
    const int more = note[length] != '\0' && i == NOTE_LINES - 1;
    if (more && length > width - 3) length = width - 3;
    char *line = new_line(b, "");
    snprintf(line, (size_t)width + 1, "%.*s%s", length, note, more ? "..." : "");
    make_printable(line);
    note += length;
    while (*note == ' ') note++;
  }
}

static void start(struct glb_board *b, int columns) {
  b->lines = 0;
  b->columns = columns < 24 ? 24 : columns;
}

void glb_board_one(struct glb_board *b, const struct glb_board_run *run, int columns) {
  start(b, columns);
  put_title(b, run);
  put_bar(b, run->course);
  put_learning(b, run->course);
  put_ranks(b, run->course);
  put_note(b, run->note);
}

/* ---- a line a run ---- */

/* Cells from the right, each with a blank in front: what they say and how wide they are. */
struct column {
  const char *head;
  int width;
  struct value value;
};
enum { COLUMNS = 6, NAME = 12 };

static void put_columns(struct glb_board *b, const struct column *columns, int count, int heads) {
  int right = width_of(b);
  for (int i = 0; i < count; i++) right -= columns[i].width;
  for (int i = 0; i < count; i++) {
    const char *text = heads ? columns[i].head : columns[i].value.text;
    right += columns[i].width;
    char *line = b->line[b->lines - 1];
    const int used = (int)strlen(line), from = right - (int)strlen(text);
    if (from <= used) continue;
    memset(line + used, ' ', (size_t)(from - used));
    strcpy(line + from, text);
  }
}

static void put_run(struct glb_board *b, const struct glb_board_run *run, int heads) {
  const struct glb_course *c = run->course;
  const int wide = b->columns >= 110, width = wide ? 21 : 10;
  struct column columns[COLUMNS] = {{"state", 10, {""}},     {"round", 13, {""}},       {"steps/s", 8, {""}},
                                    {"return", width, {""}}, {"held-out", width, {""}}, {"left", 9, {""}}};
  if (!heads) {
    const double *row = c->row;
    snprintf(columns[0].value.text, VALUE, "%.9s", run->state);
    columns[1].value = rounds(c);
    columns[2].value = whole(row[GLB_METRIC_steps_per_second]);
    columns[3].value = pair(row[wide ? GLB_METRIC_train_return_first : GLB_METRIC_train_return_last], " .. ",
                            row[GLB_METRIC_train_return_last]);
    columns[4].value = pair(row[wide ? GLB_METRIC_eval_return_first : GLB_METRIC_eval_return_last], " .. ",
                            row[GLB_METRIC_eval_return_last]);
    columns[5].value = duration(glb_course_left(c));
  }
  int count = COLUMNS, room = width_of(b);
  for (int i = 0; i < COLUMNS; i++) room -= columns[i].width;
  while (room < NAME && count > 0) room += columns[--count].width;
  new_line(b, "");
  put_name(b, heads ? "run" : run->name, room);
  put_columns(b, columns, count, heads);
  if (heads) b->labels[0] = (int)strlen(b->line[0]);
}

void glb_board_many(struct glb_board *b, const struct glb_board_run *runs, int count, int columns) {
  start(b, columns);
  put_run(b, runs, 1);
  for (int i = 0; i < count; i++) put_run(b, &runs[i], 0);
}

/* ---- the terminal ---- */

/* To the first of the lines that stand there; in a terminal that has become narrower one takes several rows. */
static void go_up(const struct glb_board *b, FILE *out) {
  const int columns = glb_board_columns(out);
  int rows = 0;
  for (int i = 0; i < b->shown; i++)
    rows += b->drawn[i] > columns ? (b->drawn[i] + columns - 1) / columns : 1;
  if (rows) fprintf(out, "\033[%dA\r", rows);
}

/* Lines that a terminal has room for above the cursor. */
static int room(FILE *out) {
  struct winsize size;
  return !ioctl(fileno(out), TIOCGWINSZ, &size) && size.ws_row > 1 ? size.ws_row - 1 : GLB_BOARD_LINES;
}

void glb_board_draw(struct glb_board *b, FILE *out) {
  const int lines = b->lines < room(out) ? b->lines : room(out);
  go_up(b, out);
  for (int i = 0; i < lines; i++) {
    const char *line = b->line[i];
    const int label = b->colour ? b->labels[i] : 0;
    fprintf(out, "%s%.*s%s%s\033[K\n", label ? "\033[2m" : "", label, line, label ? "\033[0m" : "",
            line + label);
    b->drawn[i] = (int)strlen(line);
  }
  fputs("\033[J", out);
  b->shown = lines;
}

void glb_board_wipe(struct glb_board *b, FILE *out) {
  go_up(b, out);
  if (b->shown) fputs("\033[J", out);
  b->shown = 0;
}

void glb_board_print(const struct glb_board *b, FILE *out) {
  for (int i = 0; i < b->lines; i++) fprintf(out, "%s\n", b->line[i]);
}
