#include "deploy/cli/job.h"

#include <stdlib.h>
#include <string.h>

static const char seed_mark[] = "{seed}";

// ---- what is asked ----

int64_t glb_job_ranks_per_node(const struct glb_job *job) {
  return (job->ranks + job->nodes - 1) / job->nodes;
}

// A whole number up to a million at *text, which moves behind it; -1 where there is none.
static int64_t take_number(const char **text) {
  const char *from = *text;
  int64_t value = 0;
  while (**text >= '0' && **text <= '9' && value <= 1000000) value = value * 10 + (*(*text)++ - '0');
  return *text > from && value <= 1000000 ? value : -1;
}

int64_t glb_job_seconds(const char *time) {
  int64_t days = 0, part[3] = {0};
  int parts = 0, has_days = 0;
  const char *at = time;
  for (;;) {
    const int64_t value = take_number(&at);
    if (value < 0 || parts == 3) return 0;
    if (*at == '-' && !parts && !has_days) {
      has_days = 1;
      days = value;
    } else {
      part[parts++] = value;
      if (!*at) break;
      if (*at != ':') return 0;
    }
    at++;
  }
  if (has_days || parts == 3) return ((days * 24 + part[0]) * 60 + part[1]) * 60 + part[2];
  return part[0] * 60 + part[1];  // minutes, and seconds where there are two parts
}

int glb_job_is_list(const char *text) {
  for (;; text++) {
    const int64_t first = take_number(&text);
    if (first < 0) return 0;
    if (*text == '-') {
      text++;
      if (take_number(&text) < first) return 0;
      if (*text == ':' && (text++, take_number(&text) < 1)) return 0;
    }
    if (*text != ',') break;
  }
  if (*text == '%' && (text++, take_number(&text) < 1)) return 0;
  return !*text;
}

// ---- words of the shell ----

static int is_plain(const char *text, size_t length) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,@%+-";
  return length > 0 && strspn(text, plain) >= length;
}

// The first bytes of text as (part of) one word.
static void put_quoted(FILE *out, const char *text, size_t length) {
  if (is_plain(text, length)) {
    fprintf(out, "%.*s", (int)length, text);
    return;
  }
  putc('\'', out);
  for (size_t i = 0; i < length; i++)
    if (text[i] == '\'')
      fputs("'\\''", out);
    else
      putc(text[i], out);
  putc('\'', out);
}

// A word; in "key=value" only the value is quoted, where both can be read.
static void put_word(FILE *out, const char *text) {
  const size_t key = strcspn(text, "=");
  if (text[key] && is_plain(text, key) && text[key + 1]) {
    fprintf(out, "%.*s=", (int)key, text);
    text += key + 1;
  }
  put_quoted(out, text, strlen(text));
}

static void put_words(FILE *out, const char *before, const struct glb_words *words) {
  for (int i = 0; i < words->count; i++) {
    fputs(before, out);
    put_word(out, words->word[i]);
  }
}

// The run directory, with the seed where it is marked.
static void put_out(FILE *out, const struct glb_job *job) {
  const char *at = job->out;
  for (const char *mark; (mark = strstr(at, seed_mark)); at = mark + strlen(seed_mark)) {
    if (mark > at) put_quoted(out, at, (size_t)(mark - at));
    if (job->seeds)
      fputs("\"$seed\"", out);
    else
      fprintf(out, "%lld", (long long)job->seed);
  }
  if (*at) put_quoted(out, at, strlen(at));
}

// ---- the script ----

static void put_head(FILE *out, const struct glb_job *job) {
  const int64_t actors = job->ranks > 1 ? job->ranks - job->learners : 0;
  fprintf(out, "#!/usr/bin/env bash\n# A training run of glibrl");
  if (actors)
    fprintf(out, ": %lld rank%s, %lld act%s", (long long)job->learners,
            job->learners == 1 ? " learns" : "s learn", (long long)actors, actors == 1 ? "s" : "");
  else
    fprintf(out, " as one process");
  fprintf(out, ". Submit with: sbatch FILE; the paths start at the folder where you do.\n# Made by: glibrl");
  for (int i = 0; i < job->words; i++) {
    putc(' ', out);
    put_word(out, job->command[i]);
  }
  putc('\n', out);
}

// CPUs on each node. What ranks that learn need more counts on every node, since Slurm gives all nodes the same; the ranks that learn
// are the first ones, so they are on the first node as far as it holds them.
static int64_t cpus_of(const struct glb_job *job) {
  const int64_t more = job->learner_cpus - job->actor_cpus, ranks = glb_job_ranks_per_node(job);
  const int64_t learners = job->learners < ranks ? job->learners : ranks;
  return ranks * job->actor_cpus + (more > 0 ? more * learners : 0);
}

static void put_resources(FILE *out, const struct glb_job *job) {
  fprintf(out, "#\n#SBATCH --job-name=%s\n#SBATCH --output=%s.out\n", job->name,
          job->seeds ? "%x-%A_%a" : "%x-%j");
  fprintf(out, "#SBATCH --open-mode=append\n");
  if (job->partition) fprintf(out, "#SBATCH --partition=%s\n", job->partition);
  if (job->account) fprintf(out, "#SBATCH --account=%s\n", job->account);
  for (int i = 0; i < job->lines.count; i++) fprintf(out, "#SBATCH %s\n", job->lines.word[i]);
  if (job->seeds) fprintf(out, "#\n# A job for each seed:\n#SBATCH --array=%s\n", job->seeds);
  fprintf(out, "#\n# Here a task of Slurm's is a CPU: %lld for %s", (long long)job->learner_cpus,
          job->learners > 1 ? "each rank that learns" : "the learner");
  if (job->ranks > 1) fprintf(out, ", %lld for each actor", (long long)job->actor_cpus);
  fprintf(out, "\n#SBATCH --nodes=%lld\n#SBATCH --ntasks-per-node=%lld\n", (long long)job->nodes,
          (long long)cpus_of(job));
  fprintf(out,
          "#\n# Before the time is up this script gets SIGUSR1, and the run ends with a checkpoint%s\n"
          "#SBATCH --time=%s\n#SBATCH --signal=B:USR1@%lld\n#SBATCH --%srequeue\n",
          job->requeues ? " and queues again:" : ":", job->time, (long long)job->signal,
          job->requeues ? "" : "no-");
}

static void put_modules(FILE *out, const struct glb_job *job) {
  if (job->modules.count) {
    fprintf(out, "\nmodule load");
    put_words(out, " ", &job->modules);
    fprintf(out, " || exit\n");
  }
  fprintf(out, "%sset -euo pipefail\n", job->modules.count ? "" : "\n");
}

static void put_container(FILE *out, const struct glb_job *job) {
  if (!job->image) return;
  fprintf(out, "apptainer exec ");
  put_word(out, job->image);
  putc(' ', out);
}

static void put_launcher(FILE *out, const struct glb_job *job) {
  const long long ranks = job->ranks, per_node = glb_job_ranks_per_node(job);
  if (job->mpi) {
    fprintf(out, "srun --mpi=%s --ntasks=%lld --ntasks-per-node=%lld --cpu-bind=none --kill-on-bad-exit=1",
            job->mpi, ranks, per_node);
  } else {
    put_word(out, job->mpirun);
    fprintf(out, " --bind-to none");
    if (job->nodes > 1) fprintf(out, " --map-by ppr:%lld:node", per_node);
    fprintf(out, " -n %lld", ranks);
  }
  fprintf(out, "\n  ");
}

static void put_train(FILE *out, const struct glb_job *job) {
  put_word(out, job->program);
  fprintf(out, " train");
  if (job->preset || job->file) {
    fprintf(out, job->preset ? " --preset " : " ");
    put_word(out, job->preset ? job->preset : job->file);
  }
  put_words(out, " --set ", &job->sets);
  if (job->seeds) fprintf(out, " --set train.seed=\"$seed\"");
  fprintf(out, " --out \"$run\")\n");
}

// On one node the container's own mpirun starts the ranks: then no MPI of the host has to fit the container's.
static void put_commands(FILE *out, const struct glb_job *job) {
  const int inside = !job->mpi && job->nodes == 1;
  fprintf(out, "\n%srun=", job->seeds ? "seed=$SLURM_ARRAY_TASK_ID\n" : "");
  put_out(out, job);
  fprintf(out, "\nstart=(");
  if (inside) put_container(out, job);
  if (job->ranks > 1) put_launcher(out, job);
  if (!inside) put_container(out, job);
  put_train(out, job);
  fputs(
      "export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1   # the learner has threads of its own\n"
      "\n"
      "# The program wants to know when the job ends; older releases of Slurm do not say.\n"
      "end=$(date -d \"$(squeue -h -j \"$SLURM_JOB_ID\" -o %e)\" +%s) || end=''\n"
      "export SLURM_JOB_END_TIME=${SLURM_JOB_END_TIME:-$end}\n",
      out);
}

// By srun it is Slurm that passes a signal to the ranks: srun itself would kill them at SIGTERM.
static void put_trap(FILE *out, const struct glb_job *job, const char *signal, const char *first) {
  const int by_slurm = job->mpi && job->ranks > 1;
  fprintf(out, "trap '%s%s%s %s 2>/dev/null || true' %s\n", first,
          by_slurm ? "scancel --signal=" : "kill -s ", signal,
          by_slurm ? "\"$SLURM_JOB_ID\"" : "\"$process\"", signal);
}

static void put_run(FILE *out, const struct glb_job *job) {
  fputs(
      "\n"
      "# USR1 ends the run after its round, TERM (scancel, preemption) at once; both leave a checkpoint and "
      "exit code 75.\n"
      "# Bash heeds a signal between two commands only: the run is in the background, and waited for.\n",
      out);
  fprintf(out, "process=''%s\n", job->requeues ? " terminated=''" : "");
  put_trap(out, job, "USR1", "");
  put_trap(out, job, "TERM", job->requeues ? "terminated=yes; " : "");
  fputs(
      "\n"
      "says() { cat \"$run/status.json\" 2>/dev/null || true; }\n"
      "before=$(says)\n"
      "\"${start[@]}\" &\n"
      "process=$!\n"
      "while kill -0 \"$process\" 2>/dev/null; do wait \"$process\" || true; done   # a signal ends a wait, "
      "not the run\n"
      "status=0\n"
      "wait \"$process\" || status=$?\n",
      out);
}

static void put_end(FILE *out, const struct glb_job *job) {
  fputs(
      "\n"
      "# A launcher's exit code alone proves nothing: what the run says of itself counts.\n"
      "case $(says) in\n"
      "  \"$before\") [ \"$status\" != 0 ] || status=1 ;;   # nothing new: it did not start\n"
      "  *'\"exit\": 0,'*) status=0 ;;\n"
      "  *'\"exit\": 75,'*) status=75 ;;\n"
      "  *) [ \"$status\" != 0 ] || status=1 ;;\n"
      "esac\n",
      out);
  if (job->requeues)
    fprintf(out,
            "\n"
            "# 75: the same command goes on from the checkpoint. What SIGTERM ended is for Slurm to queue "
            "again, or not.\n"
            "if [ \"$status\" = 75 ] && [ -z \"$terminated\" ] && [ \"${SLURM_RESTART_COUNT:-0}\" -lt %lld "
            "]; then\n"
            "  echo \"$run: to be continued\"\n"
            "  scontrol requeue \"$SLURM_JOB_ID\" || true\n"
            "fi\n",
            (long long)job->requeues);
  fputs("exit \"$status\"\n", out);
}

void glb_job_write(FILE *out, const struct glb_job *job) {
  put_head(out, job);
  put_resources(out, job);
  put_modules(out, job);
  put_commands(out, job);
  put_run(out, job);
  put_end(out, job);
}
