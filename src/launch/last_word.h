// SPDX-License-Identifier: MIT
/**
 * @file last_word.h
 * What the user is told where the launcher ends a search and cannot know what to do then.
 *
 * When hydra loses one of its own processes, on a host that goes down for one, mpiexec reports that
 * in its words and has everything killed by SIGKILL, with 255: no rank is there to say that nothing
 * is lost. A small process does that in their place. It is no member of any group that is killed,
 * sleeps until the parent of rank 0 ends, and then has something to say only if that was killed.
 * It holds nothing open but what it writes to, mpiexec's own standard error, which is to be found
 * where rank 0 is on mpiexec's host.
 */
#ifndef PEREBOR_LAUNCH_LAST_WORD_H
#define PEREBOR_LAUNCH_LAST_WORD_H

#include <stdatomic.h>
#include <sys/types.h>

/**
 * Starts the process, if mpiexec is within reach. To be called by the parent of rank 0.
 *
 * @param[in] proxy    The parent of the calling process: hydra's, whose parent is mpiexec.
 * @param[in] begun    Shared with the rank: there is something to continue.
 * @param[in] leaving  Shared with the rank: all is done, whatever happens now.
 */
void last_word_keep(pid_t proxy, const atomic_bool *begun, const atomic_bool *leaving);

/** In the rank: leaves the matter to its parent. */
void last_word_leave_to_parent(void);

/** The parent ends of itself, having said what there is to say: lets the process go. */
void last_word_withhold(void);

#endif
