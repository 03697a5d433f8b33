/* frame.h: frames of a film: a picture on the left, and beside it a board with numbers and bars. */
#ifndef DEPLOY_PLOT_FRAME_H
#define DEPLOY_PLOT_FRAME_H

struct glb_frame;

struct glb_board_line {  // name on the left, value on the right
  const char *name;
  char value[48];
};

struct glb_board_bars {  // n bars from zero with a whisker of one standard deviation to either side
  const char *title, *note;
  int n;
  const double *mean, *deviation;  // (n)
  double limit;                    // of the axis, which goes from -limit to limit; > 0
};

struct glb_board {  // borrowed
  const char *title;
  int lines, bars;
  const struct glb_board_line *line;  // (lines)
  const struct glb_board_bars *bar;   // below the lines, sharing what room there is            (bars)
};

/* A black frame of width x height pixels, with a board of its right-hand part. GLB_EINVAL: less than 320 x 180, or an odd number
 * (which films cannot have); GLB_ENOMEM. */
int glb_frame_create(struct glb_frame **frame, int width, int height);
void glb_frame_destroy(struct glb_frame *frame);

/* Width of the picture; its height is that of the frame. */
int glb_frame_picture_width(const struct glb_frame *frame);

/* Takes a picture: rows from the bottom to the top          (height x picture width x 3). */
void glb_frame_put_picture(struct glb_frame *frame, const unsigned char *rgb);
void glb_frame_put_board(struct glb_frame *frame, const struct glb_board *board);

/* The frame, rows from the top to the bottom                (height x width x 3). */
void glb_frame_get(const struct glb_frame *frame, unsigned char *rgb);

/* As a PNG file. GLB_EIO, GLB_ENOMEM. */
int glb_frame_write(struct glb_frame *frame, const char *path);

#endif  // DEPLOY_PLOT_FRAME_H
