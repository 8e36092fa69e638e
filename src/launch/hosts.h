// SPDX-License-Identifier: MIT
/**
 * @file hosts.h
 * Which hosts of hydra's host file are left: mpiexec itself ends where one does not answer.
 *
 * A host is asked as hydra would: with what HYDRA_LAUNCHER_EXEC names, or ssh, to run "true". Not
 * asked are this machine, and all of them where hydra starts its proxies otherwise
 * (HYDRA_LAUNCHER).
 */
#ifndef PEREBOR_LAUNCH_HOSTS_H
#define PEREBOR_LAUNCH_HOSTS_H

#include <stddef.h>

#include "perebor/status.h"

/**
 * Writes a host file of the hosts that answer within @p seconds, with their lines as they are.
 *
 * @param[in]  file     A host file: a host a line, "name", "name:ranks" or "name ...", # comments.
 * @param[out] left     Its path, in TMPDIR or /tmp; "" if all hosts answer, or none does: then
 * nothing is written. The caller removes the file.
 * @param[in]  missing  Told of each host that does not.
 *
 * @retval PEREBOR_ERR_IO  The file cannot be read, or the new one not be written.
 */
PEREBOR_MUST_CHECK perebor_status hosts_ask(const char *file, double seconds, char left[64],
                                            void (*missing)(const char *host),
                                            perebor_error *error);

#endif
