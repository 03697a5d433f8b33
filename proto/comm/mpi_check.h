/* mpi_check.h: the communicator, and MPI's codes as errors of ours. Private to this room: the only header
 * that includes mpi.h. */
#ifndef PROTO_COMM_MPI_CHECK_H
#define PROTO_COMM_MPI_CHECK_H

#include <mpi.h>
#ifdef OPEN_MPI
#include <mpi-ext.h>
#endif
#include <stddef.h>

#include "proto/comm/world.h"

/* Bytes of one call: MPI-3 counts in int. Longer transfers are cut. */
#define GLB_MPI_CHUNK ((size_t)1 << 30)

/* Tags of point-to-point messages. */
enum {
  GLB_TAG_MAIL = 1,
  GLB_TAG_REDUCE,
  GLB_TAG_ASK,
  GLB_TAG_TICKET,
  GLB_TAG_CLOCK,
  GLB_TAG_PARCEL,
  GLB_TAG_HALT
};

struct glb_ring {
  MPI_Comm mpi;  // errors are returned; MPI_COMM_NULL where this rank is alone or not in it
  int rank, size;
};

struct glb_comm {
  struct glb_ring ring[GLB_CIRCLES];  // GLB_ALL: a duplicate of MPI_COMM_WORLD
};

/* A circle as MPI sees it; of one rank where there is no MPI. */
struct glb_ring glb_world_ring(const struct glb_world *world, enum glb_circle circle);

/* Raises GLB_EMPI with the name of the function called and MPI's own text of code; GLB_EPEER where code says that a rank has
 * died. */
int glb_mpi_raise(int code, const char *call, const char *file, int line);

#define GLB_MPI(call)                                                                         \
  do {                                                                                        \
    int mpi_code_ = (call);                                                                   \
    if (mpi_code_ != MPI_SUCCESS) return glb_mpi_raise(mpi_code_, #call, __FILE__, __LINE__); \
  } while (0)

#endif  // PROTO_COMM_MPI_CHECK_H
