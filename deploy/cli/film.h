/* film.h: frames of one size, one after the other, to an MP4 file by ffmpeg and to PNG files in a folder. */
#ifndef DEPLOY_CLI_FILM_H
#define DEPLOY_CLI_FILM_H

struct glb_frame;
struct glb_film;

struct glb_film_options {  // texts are kept
  const char *file;        // "x.mp4", landed at the end; NULL: none
  const char *folder;      // for "frame-000001.png" and so on, made where it is missing; NULL: none
  int width, height, fps;
};

/* GLB_ESETUP: there is no ffmpeg. GLB_EIO, GLB_ENOMEM. */
int glb_film_create(struct glb_film **film, const struct glb_film_options *options);

/* One more frame. GLB_EIO where ffmpeg has ended; it has said why. */
int glb_film_add(struct glb_film *film, struct glb_frame *frame);
int glb_film_count(const struct glb_film *film);

/* The last frame has been added: waits for ffmpeg and puts the file in its place. GLB_EIO. */
int glb_film_land(struct glb_film *film);

/* Also before the film has landed: what there is of it goes. */
void glb_film_destroy(struct glb_film *film);

#endif  // DEPLOY_CLI_FILM_H
