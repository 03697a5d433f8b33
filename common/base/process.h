/* process.h: what the system says of this process. */
#ifndef COMMON_BASE_PROCESS_H
#define COMMON_BASE_PROCESS_H

/* Resident memory in bytes; NAN where the system does not say. */
double glb_process_memory(void);

#endif  // COMMON_BASE_PROCESS_H
