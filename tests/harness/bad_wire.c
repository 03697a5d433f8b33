/* bad_wire.c: a library to preload that stands for a bad network: a high byte of a number changes in large messages that rank
 * BAD_WIRE sends, large broadcasts do not reach it; what rank SLOW_WIRE sends takes 60 ms longer. */
#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LARGE = 1 << 16, MOST = 1 << 22 };
static char changed[MOST], lost[MOST];

static int is_mine(const char *variable) {
  const char *rank = getenv(variable);
  int mine;
  PMPI_Comm_rank(MPI_COMM_WORLD, &mine);
  return rank && atoi(rank) == mine;
}

static int bytes_of(int count, MPI_Datatype type) {
  int size;
  PMPI_Type_size(type, &size);
  return count * size;
}

static int is_large(int bytes) {
  return bytes >= LARGE && bytes <= MOST;
}

int MPI_Isend(const void *data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm,
              MPI_Request *request) {
  const int bytes = bytes_of(count, type);
  if (is_mine("SLOW_WIRE")) nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL);
  if (is_mine("BAD_WIRE") && is_large(bytes)) {
    memcpy(changed, data, (size_t)bytes);
    changed[bytes / 6400 * 8 + 6] ^= 1;
    data = changed;
  }
  return PMPI_Isend(data, count, type, to, tag, comm, request);
}

int MPI_Ibcast(void *data, int count, MPI_Datatype type, int root, MPI_Comm comm, MPI_Request *request) {
  if (is_mine("BAD_WIRE") && is_large(bytes_of(count, type))) data = lost;
  return PMPI_Ibcast(data, count, type, root, comm, request);
}
