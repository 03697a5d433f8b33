/* launch.h: what the launcher's environment says of the job. Private to this room. */
#ifndef PROTO_COMM_LAUNCH_H
#define PROTO_COMM_LAUNCH_H

/* Number of tasks, this one included, that a launcher started together; 1 where the process stands alone.
 * lookup is getenv or a stand-in of it; source gets the name of the variable that says so, NULL where none
 * does.
 *
 * The nearest launcher decides: mpirun's variables go before those of a Slurm step, because mpirun starts its
 * daemons as steps. A Slurm allocation alone says nothing: within a batch script a plain start is one
 * process, whatever SLURM_NTASKS says. */
int glb_launch_tasks(char *(*lookup)(const char *name), const char **source);

#endif  // PROTO_COMM_LAUNCH_H
