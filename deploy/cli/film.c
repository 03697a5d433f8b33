#include "deploy/cli/film.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "deploy/plot/frame.h"

struct glb_film {
  struct glb_film_options options;
  int count;            // frames
  unsigned char *rgb;   // of a frame
  char part[PATH_MAX];  // file under way
  pid_t ffmpeg;         // 0: none
  int pipe;             // to it; -1: none
};

/* A pipe that ffmpeg reads at its standard input; our end closes in what we start. */
static int spawn(struct glb_film *f) {
  char size[32], rate[16];
  int ends[2];
  snprintf(size, sizeof size, "%dx%d", f->options.width, f->options.height);
  snprintf(rate, sizeof rate, "%d", f->options.fps);
  const char *const words[] = {
      "ffmpeg",  "-nostdin", "-loglevel", "error",     "-y",         "-f", "rawvideo", "-pix_fmt", "rgb24",
      "-s",      size,       "-r",        rate,        "-i",         "-",  "-c:v",     "libx264",  "-pix_fmt",
      "yuv420p", "-crf",     "18",        "-movflags", "+faststart", "-f", "mp4",      f->part,    NULL};
  GLB_CHECK(!pipe2(ends, O_CLOEXEC), GLB_EIO, "no pipe to ffmpeg: %s", strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  const int failed =
      posix_spawnp(&f->ffmpeg, words[0], &actions, NULL, (char *const *)(uintptr_t)words, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[0]);
  f->pipe = ends[1];
  if (!failed) return GLB_OK;
  f->ffmpeg = 0;
  GLB_RAISE(GLB_ESETUP,
            "ffmpeg cannot be started (%s): apt-get install ffmpeg, or take --frames DIR for PNG files alone",
            strerror(failed));
}

int glb_film_create(struct glb_film **out, const struct glb_film_options *options) {
  struct glb_film *f = calloc(1, sizeof *f);
  int code = GLB_OK;
  *out = NULL;
  GLB_CHECK(f, GLB_ENOMEM, "no memory for a film");
  f->options = *options;
  f->pipe = -1;
  f->rgb = malloc((size_t)options->width * (size_t)options->height * 3);
  if (!f->rgb) code = glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__, "no memory for a frame");
  if (!code && options->folder) code = glb_file_folder(options->folder);
  if (!code && options->file) {
    signal(SIGPIPE, SIG_IGN);  // an end of ffmpeg is seen where it is written to
    const int length = snprintf(f->part, sizeof f->part, "%s.part", options->file);
    code = (size_t)length < sizeof f->part
               ? spawn(f)
               : glb_error_raise(GLB_EINVAL, __FILE__, __LINE__, "the path %s is too long", options->file);
  }
  if (code) {
    glb_film_destroy(f);
    return glb_error_pass(code, __FILE__, __LINE__);
  }
  *out = f;
  return GLB_OK;
}

static int send(struct glb_film *f) {
  const size_t size = (size_t)f->options.width * (size_t)f->options.height * 3;
  for (size_t done = 0; done < size;) {
    const ssize_t n = write(f->pipe, f->rgb + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    GLB_CHECK(n > 0, GLB_EIO, "ffmpeg does not take frame %d of %s: %s", f->count, f->options.file,
              strerror(errno));
    done += (size_t)n;
  }
  return GLB_OK;
}

int glb_film_add(struct glb_film *f, struct glb_frame *frame) {
  f->count++;
  if (f->options.folder) {
    char path[PATH_MAX], name[32];
    snprintf(name, sizeof name, "frame-%06d.png", f->count);
    GLB_TRY(glb_file_path(path, f->options.folder, name));
    GLB_TRY(glb_frame_write(frame, path));
  }
  if (!f->options.file) return GLB_OK;
  glb_frame_get(frame, f->rgb);
  return send(f);
}

int glb_film_count(const struct glb_film *f) {
  return f->count;
}

static int wait_for(struct glb_film *f) {
  int status = 0;
  close(f->pipe);
  f->pipe = -1;
  while (waitpid(f->ffmpeg, &status, 0) < 0 && errno == EINTR) continue;
  f->ffmpeg = 0;
  return status;
}

int glb_film_land(struct glb_film *f) {
  if (!f->options.file) return GLB_OK;
  const int status = wait_for(f);
  GLB_CHECK(!status, GLB_EIO, "ffmpeg could not write %s (%s %d)", f->options.file,
            WIFSIGNALED(status) ? "signal" : "exit code",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  GLB_CHECK(!rename(f->part, f->options.file), GLB_EIO, "cannot move %s to %s: %s", f->part, f->options.file,
            strerror(errno));
  f->part[0] = '\0';
  return GLB_OK;
}

void glb_film_destroy(struct glb_film *f) {
  if (!f) return;
  if (f->ffmpeg) {
    kill(f->ffmpeg, SIGKILL);
    wait_for(f);
  }
  if (f->pipe >= 0) close(f->pipe);
  if (f->part[0]) unlink(f->part);
  free(f->rgb);
  free(f);
}
