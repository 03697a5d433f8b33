#include "common/store/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"

const char *glb_file_advice(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "free space there (df -h, df -i, quota -s) or choose another folder";
    case EFBIG:
      return "raise the limit on the size of files (ulimit -f)";
    case EACCES:
    case EPERM:
      return "make the folder writable or choose another one";
    case EROFS:
      return "have it mounted for writing (dmesg may say why it is not) or choose another folder";
    case ENOENT:
      return "make the folder first";
    case ENOTDIR:
      return "a part of the path is no folder, choose another one";
    case EISDIR:
      return "a folder has that name, move it away";
    default:
      return "check the file system";
  }
}

// folder that path lies in
static void parent(char folder[PATH_MAX], const char *path) {
  const char *slash = strrchr(path, '/');
  int length = slash ? (slash == path ? 1 : (int)(slash - path)) : 1;
  snprintf(folder, PATH_MAX, "%.*s", length, slash ? path : ".");
}

// 0 or errno
static int write_all(int fd, const char *data, size_t size) {
  while (size) {
    ssize_t n = write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    data += n;
    size -= (size_t)n;
  }
  return 0;
}

// A new file with these bytes on the disk; 0 or errno.
static int write_file(const char *path, const void *data, size_t size) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return errno;
  int error = write_all(fd, data, size);
  if (!error && fsync(fd)) error = errno;
  if (close(fd) && !error) error = errno;
  return error;
}

// The rename itself on the disk. File systems that cannot sync a folder say EINVAL, which is no loss; 0 or
// errno.
static int sync_folder(const char *folder) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno == EACCES ? 0 : errno;
  int error = fsync(fd) && errno != EINVAL ? errno : 0;
  close(fd);
  return error;
}

// Name beside path; GLB_EIO where it is too long.
static int name_beside(char beside[PATH_MAX], const char *path) {
  int length = snprintf(beside, PATH_MAX, "%s.tmp-%ld", path, (long)getpid());
  GLB_CHECK(length < PATH_MAX, GLB_EIO, "%.60s...: name longer than %d bytes", path, PATH_MAX - 1);
  return GLB_OK;
}

static int refuse(const char *path, size_t size, int error) {
  char folder[PATH_MAX];
  parent(folder, path);
  GLB_RAISE(GLB_EIO, "%s: cannot write %zu bytes in folder %s: %s; %s", path, size, folder, strerror(error),
            glb_file_advice(error));
}

// What has been written beside path takes its name, unless there was an error; 0 or errno.
static int take_name(const char *path, const char *beside, int error) {
  char folder[PATH_MAX];
  if (!error && rename(beside, path)) error = errno;
  if (error) {
    unlink(beside);
    return error;
  }
  parent(folder, path);
  return sync_folder(folder);
}

int glb_file_land(const char *path, const void *data, size_t size) {
  char beside[PATH_MAX];
  GLB_TRY(name_beside(beside, path));
  const int error = take_name(path, beside, write_file(beside, data, size));
  return error ? refuse(path, size, error) : GLB_OK;
}

int glb_file_begin(struct glb_landing *landing, const char *path) {
  char beside[PATH_MAX];
  *landing = (struct glb_landing){0};
  GLB_TRY(name_beside(beside, path));
  landing->out = fopen(beside, "we");
  if (!landing->out) return refuse(path, 0, errno);
  landing->path = strdup(path);
  landing->beside = strdup(beside);
  if (landing->path && landing->beside) return GLB_OK;
  unlink(beside);
  return glb_file_settle(landing, glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__, "no memory for a name"));
}

int glb_file_settle(struct glb_landing *landing, int code) {
  if (!landing->out) return code;
  int error = ferror(landing->out) ? EIO : 0;
  if (fflush(landing->out) || fsync(fileno(landing->out))) error = errno;
  const long size = ftell(landing->out);
  if (fclose(landing->out) && !error) error = errno;
  if (code && landing->beside) unlink(landing->beside);
  if (!code) {
    error = take_name(landing->path, landing->beside, error);
    if (error) code = refuse(landing->path, (size_t)size, error);
  }
  free(landing->path);
  free(landing->beside);
  *landing = (struct glb_landing){0};
  return code;
}

// The bytes of an open file; 0 or errno, EIO where it is shorter than size.
static int read_all(int fd, char *data, size_t size) {
  while (size) {
    ssize_t n = read(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (!n) return EIO;
    data += n;
    size -= (size_t)n;
  }
  return 0;
}

// "name.tmp-123"
static int is_temporary(const char *name) {
  const char *mark = strstr(name, ".tmp-");
  return mark && mark[5] && !mark[5 + strspn(mark + 5, "0123456789")];
}

int glb_file_sweep(const char *folder) {
  DIR *dir = opendir(folder);
  if (!dir && errno == ENOENT) return GLB_OK;
  GLB_CHECK(dir, GLB_EIO, "%s: %s", folder, strerror(errno));
  for (struct dirent *entry; (entry = readdir(dir));)
    if (is_temporary(entry->d_name)) unlinkat(dirfd(dir), entry->d_name, 0);
  closedir(dir);
  return GLB_OK;
}

// Opens a regular file to be read.
static int open_regular(int *fd, struct stat *status, const char *path) {
  *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe is not waited for
  GLB_CHECK(*fd >= 0, GLB_EIO, "%s: %s", path, strerror(errno));
  const int error = fstat(*fd, status) ? errno : 0;
  if (!error && S_ISREG(status->st_mode)) return GLB_OK;
  close(*fd);
  GLB_CHECK(!error, GLB_EIO, "%s: %s", path, strerror(error));
  GLB_RAISE(GLB_EIO, "%s: is %s, not a file", path,
            S_ISDIR(status->st_mode) ? "a folder" : "a device or pipe");
}

int glb_file_check(const char *path) {
  struct stat status;
  int fd;
  GLB_TRY(open_regular(&fd, &status, path));
  close(fd);
  return GLB_OK;
}

int glb_file_read(char **data, size_t *size, const char *path, size_t limit) {
  int code = GLB_OK, fd;
  struct stat status;
  *data = NULL;

  GLB_TRY(open_regular(&fd, &status, path));
  if ((uintmax_t)status.st_size > limit) {
    code = glb_error_raise(GLB_ELIMIT, __FILE__, __LINE__, "%s: %jd bytes, at most %zu are read", path,
                           (intmax_t)status.st_size, limit);
  } else if (!(*data = malloc((size_t)status.st_size + 1))) {
    code = glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__, "%s: no memory for %jd bytes", path,
                           (intmax_t)status.st_size);
  } else {
    int error = read_all(fd, *data, (size_t)status.st_size);
    if (error) code = glb_error_raise(GLB_EIO, __FILE__, __LINE__, "%s: %s", path, strerror(error));
  }
  close(fd);

  if (code) {
    free(*data);
    *data = NULL;
    return code;
  }
  (*data)[status.st_size] = '\0';
  if (size) *size = (size_t)status.st_size;
  return GLB_OK;
}

int glb_file_path(char path[PATH_MAX], const char *folder, const char *name) {
  GLB_CHECK(snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX, GLB_EIO, "%.60s...: name too long",
            folder);
  return GLB_OK;
}

int glb_file_folder(const char *path) {
  char part[PATH_MAX];
  size_t length = strlen(path);
  GLB_CHECK(length > 0 && length < sizeof part, GLB_EIO, "\"%.60s\": no name for a folder", path);
  memcpy(part, path, length + 1);
  for (size_t i = 1; i <= length; i++) {
    if (part[i] != '/' && part[i] != '\0') continue;
    part[i] = '\0';
    struct stat status;
    int error = mkdir(part, 0777) ? errno : 0;
    if (error && !stat(part, &status)) error = S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
    GLB_CHECK(!error, GLB_EIO, "cannot make folder %s: %s; %s", part, strerror(error),
              glb_file_advice(error));
    part[i] = path[i];
  }
  return GLB_OK;
}

int glb_file_exists(const char *path) {
  struct stat status;
  return !lstat(path, &status);
}
