// SPDX-License-Identifier: MIT
#include "cli/slurm_script.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/version.h"

/** How such a script goes on, whatever it is of. A test compares it with
 * scripts/slurm/search.sbatch. */
static const char *const rest =
    "# No --signal: the program itself stops a minute before the end of the allocation, or a tenth "
    "of one\n"
    "# that is short, writes its file, and ends with code 3.\n"
    "# When that is, Slurm before 23.02 tells only who asks.\n"
    "if [ -z \"$SLURM_JOB_END_TIME\" ]; then\n"
    "    SLURM_JOB_END_TIME=$(date -d \"$(squeue --noheader --job \"$SLURM_JOB_ID\" --format %e)\" "
    "+%s) &&\n"
    "        export SLURM_JOB_END_TIME\n"
    "fi\n"
    "\n"
    "finished() { perebor status \"$result\" 2>/dev/null | sed -n 's/^trials *\\([0-9]*\\) "
    ".*/\\1/p'; }\n"
    "before=$(finished)\n"
    "\n"
    "# PMI-2 is what MPICH speaks; without it every task would be a world of its own (and says "
    "so).\n"
    "# -K0 -W0 --no-kill: a rank that dies costs its work, not the job.\n"
    "srun --mpi=pmi2 -K0 -W0 --no-kill perebor run \"$experiment\" -o \"$result\" \"$@\" --resume\n"
    "code=$?\n"
    "\n"
    "# With sbatch --no-kill, srun tells of a node that went down, though the others ended the "
    "search.\n"
    "if [ \"$code\" -gt 128 ] && perebor status \"$result\" 2>/dev/null | grep -q '^state "
    "*complete'; then\n"
    "    code=0\n"
    "fi\n"
    "\n"
    "# Stopped before the end: the same job again continues it, unless it would do no better.\n"
    "if [ \"$code\" = 3 ]; then\n"
    "    if [ \"$(finished)\" = \"${before:-0}\" ]; then\n"
    "        echo \"no trial was finished in this allocation: ask for more with --time\" >&2\n"
    "    else\n"
    "        scontrol requeue \"$SLURM_JOB_ID\"\n"
    "    fi\n"
    "fi\n"
    "exit \"$code\"\n";

/** A word as the shell reads it back. */
static void put_word(FILE *stream, const char *word) {
    fputc('\'', stream);
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            fputs("'\\''", stream);
        } else {
            fputc(*word, stream);
        }
    }
    fputc('\'', stream);
}

/** A name that is one word without anything special, as --job-name is read. */
static void put_name(FILE *stream, const char *name) {
    for (; *name != '\0'; name++) {
        unsigned char byte = (unsigned char)*name;
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || byte >= 0x80 || byte == '.' || byte == '-';
        fputc(plain ? byte : '_', stream);
    }
}

void slurm_script_write(FILE *stream, const slurm_request *request) {
    fprintf(stream, "#!/bin/bash\n# Made by 'perebor slurm' %s. %s\n#\n", perebor_version(),
            request->forecast);
    fputs("#SBATCH --job-name=", stream);
    put_name(stream, request->name);
    fprintf(stream,
            "\n#SBATCH --nodes=%" PRIu64 "\n#SBATCH --ntasks-per-node=%" PRIu64
            "\n#SBATCH --cpus-per-task=%" PRIu64 "\n#SBATCH --mem=%" PRIu64 "M\n",
            request->n_nodes, request->n_tasks, request->n_threads, request->mebibytes);
    fprintf(stream, "#SBATCH --time=%" PRIu64 "-%02" PRIu64 ":%02" PRIu64 ":00\n",
            request->minutes / 1440, request->minutes / 60 % 24, request->minutes % 60);
    fputs("#SBATCH --requeue\n#SBATCH --open-mode=append\nexperiment=", stream);
    put_word(stream, request->experiment);
    fputs("\nresult=", stream);
    put_word(stream, request->result);
    fprintf(stream, "\nset -- --threads %" PRIu64, request->n_threads);
    for (size_t i = 0; i < request->n_options; i++) {
        fputc(' ', stream);
        put_word(stream, request->options[i]);
    }
    fprintf(stream, "\n%s", rest);
}
