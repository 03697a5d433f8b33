/* tensorboard.h: the metrics of a run as event files that TensorBoard reads, RUN/tensorboard/events.out.tfevents.*
 *
 * A file is a row of records: length (8 bytes), masked CRC-32C of these, data, masked CRC-32C of the data; integers with the least
 * byte first. The data is an Event of TensorBoard's event.proto. Each start of a run opens a new file, whose name sorts behind those
 * that are there. Its second record, a session log START, makes TensorBoard drop what earlier files say of its step and later ones. */
#ifndef COMMON_STORE_TENSORBOARD_H
#define COMMON_STORE_TENSORBOARD_H

#include <stddef.h>
#include <stdint.h>

struct glb_tensorboard;

/* A new file in RUN/tensorboard. first_step: the earliest that will be added, 0 at the start of a run. GLB_EIO. */
int glb_tensorboard_create(struct glb_tensorboard **board, const char *run, int64_t first_step);
void glb_tensorboard_destroy(struct glb_tensorboard *board);

/* Appends a row of GLB_METRICS as one record at the step that it holds; what is not finite is left out. Does not allocate. GLB_EIO:
 * the file ends with the record before. */
int glb_tensorboard_add(struct glb_tensorboard *board, const double *row);

/* CRC-32C (Castagnoli), and the mask that keeps the sum of data with sums in it apart from them. */
uint32_t glb_tensorboard_crc(const void *data, size_t size);
uint32_t glb_tensorboard_mask(uint32_t crc);

#endif  // COMMON_STORE_TENSORBOARD_H
