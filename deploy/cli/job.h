/* job.h: a Slurm job script for a training run, as text. */
#ifndef DEPLOY_CLI_JOB_H
#define DEPLOY_CLI_JOB_H

#include <stdint.h>
#include <stdio.h>

enum { GLB_JOB_WORDS = 64 };

struct glb_words {
  const char *word[GLB_JOB_WORDS];
  int count;
};

/* What a script is made of; all text is borrowed and has no control characters. */
struct glb_job {
  char **command;       // words of the command line that made it, for its first lines
  int words;            // of them
  const char *name;     // of the job
  const char *program;  // glibrl, by path or by name; inside the image where there is one
  const char *mpirun;   // its launcher
  const char *mpi;      // NULL: by mpirun; else by srun, with this --mpi
  const char *image;    // container; NULL: none
  const char *preset;   // NULL: file, and where that is NULL too neither
  const char *file;     // configuration
  struct glb_words sets;
  const char *out;    // run directory; {seed} in it stands for the seed
  const char *seeds;  // indices of a job array, a seed each; NULL: one job
  int64_t seed;       // without seeds: that of the configuration
  int64_t nodes, ranks, learners, learner_cpus, actor_cpus;  // learners: of the ranks, those that learn
  const char *time;                                          // limit
  int64_t signal;                                            // seconds before it at which SIGUSR1 comes
  int64_t requeues;                                          // how often the job goes on; 0: never
  const char *partition;                                     // NULL: the cluster's own
  const char *account;                                       // the same
  struct glb_words lines;                                    // more options of sbatch
  struct glb_words modules;                                  // to load
};

/* Ranks on a full node. */
int64_t glb_job_ranks_per_node(const struct glb_job *job);

/* Seconds of a time limit as Slurm takes it: "M", "M:S", "H:M:S", "D-H", "D-H:M", "D-H:M:S". 0 where it is none, or nothing. */
int64_t glb_job_seconds(const char *time);

/* Whether text is a list of job array indices: "0-4", "1,3,8", "0-30:10", with "%2" behind it for two at a time. */
int glb_job_is_list(const char *text);

/* Writes the script. Whether that has worked is known to out. */
void glb_job_write(FILE *out, const struct glb_job *job);

#endif  // DEPLOY_CLI_JOB_H
