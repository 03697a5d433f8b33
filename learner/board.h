/* board.h: how a run stands, as a few lines of text for a terminal, and their place there; for progress.h and `glibrl top`.
 *
 * A line is never as wide as the terminal. What does not fit is left out whole; only the name of a run loses its beginning. */
#ifndef LEARNER_BOARD_H
#define LEARNER_BOARD_H

#include <stdio.h>

#include "learner/course.h"

enum { GLB_BOARD_RUNS = 64, GLB_BOARD_LINES = GLB_BOARD_RUNS + 1, GLB_BOARD_WIDTH = 160 };

struct glb_board {
  char line[GLB_BOARD_LINES][GLB_BOARD_WIDTH];  // text
  int labels[GLB_BOARD_LINES];                  // bytes at the start of a line that are no values
  int lines;
  int columns;                 // of the terminal
  int colour;                  // labels are dim on a terminal
  int drawn[GLB_BOARD_LINES];  // bytes of the lines that stand on the terminal
  int shown;                   // lines that stand there, the cursor below them
};

struct glb_board_run {  // all borrowed
  const char *name;     // its folder
  const char *state;    // one word
  const char *note;     // what else there is to say, ""
  const struct glb_course *course;
};

/* Whether lines can be renewed in place on out: a terminal whose TERM is not "dumb". */
int glb_board_fits(FILE *out);

/* Colours, unless NO_COLOR is set. */
void glb_board_init(struct glb_board *board);

/* The lines of one run, or a line for each of several (at most GLB_BOARD_RUNS) below their heads, for so many columns. */
void glb_board_one(struct glb_board *board, const struct glb_board_run *run, int columns);
void glb_board_many(struct glb_board *board, const struct glb_board_run *runs, int count, int columns);

/* Columns of the terminal behind out; 80 where it does not say. */
int glb_board_columns(FILE *out);

void glb_board_draw(struct glb_board *board, FILE *out);         // in place of what stands there
void glb_board_wipe(struct glb_board *board, FILE *out);         // nothing stands there
void glb_board_print(const struct glb_board *board, FILE *out);  // as plain lines

#endif  // LEARNER_BOARD_H
