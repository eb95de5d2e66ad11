# SPDX-License-Identifier: Apache-2.0
# Calls of the daemon that reach the simulator instead of the system.
set(SIMD_WRAPPED open close pread pwrite posix_fallocate ftruncate fdatasync fsync rename unlink
    flock stat fstat mkdir getrandom poll journal_size identity_sign identity_verify
    session_begin)
