/* SPDX-License-Identifier: Apache-2.0 */
/* Each row is tried in a child that has entered the sandbox; some with one of the two walls only,
 * to see that it bites alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/sandbox.h"

static char folder[64], data[96], socket_path[96];

static struct sandbox_plan plan(void)
{
    return (struct sandbox_plan){.data_path = data, .socket_path = socket_path};
}

/* --- What must be refused --- */

static long try_passwd(void)
{
    return open("/etc/passwd", O_RDONLY);
}
static long try_sibling(void) /* Beside the socket: nothing is read or made there. */
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/key", folder);
    return open(path, O_RDONLY);
}
static long try_write_outside(void)
{
    return open("/tmp/comity-sandbox-test", O_WRONLY | O_CREAT, 0600);
}
static long try_exec(void)
{
    char *const arguments[] = {"true", NULL};
    return execve("/bin/true", arguments, NULL);
}
static long try_ptrace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}
static long try_fork(void)
{
    return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}
static long try_vfork(void)
{
    return syscall(SYS_clone, CLONE_VM | SIGCHLD, NULL, NULL, NULL, NULL);
}
static long try_kill(void)
{
    return kill(getppid(), 0);
}
static long try_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}
static long try_written_code(void)
{
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? -1 : 0;
}
static long try_packet(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0);
}
static long try_audit(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 9);
}
static long try_dumpable(void)
{
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}
static long try_limit(void)
{
    struct rlimit none = {0};
    return setrlimit(RLIMIT_NOFILE, &none);
}

#define TRY_CALL(name) \
    static long try_##name(void) \
    { \
        return syscall(SYS_##name, 0, 0, 0, 0, 0, 0); \
    }
TRY_CALL(mount)
TRY_CALL(umount2)
TRY_CALL(bpf)
TRY_CALL(kexec_load)
TRY_CALL(init_module)
TRY_CALL(unshare)
TRY_CALL(setns)
TRY_CALL(chroot)
TRY_CALL(pivot_root)
TRY_CALL(io_uring_setup)
TRY_CALL(perf_event_open)
TRY_CALL(process_vm_readv)
TRY_CALL(keyctl)
TRY_CALL(userfaultfd)
TRY_CALL(memfd_create)
TRY_CALL(settimeofday)
TRY_CALL(reboot)
TRY_CALL(setuid)
TRY_CALL(clone3)

enum walls { LANDLOCK = 1, SECCOMP = 2, BOTH = 3 };
struct refusal {
    const char *name;
    enum walls walls;
    long (*attempt)(void);
    int number; /* errno */
};
static const struct refusal refusals[] = {
    {"read /etc/passwd", LANDLOCK, try_passwd, EACCES},
    {"read a key beside the socket", LANDLOCK, try_sibling, EACCES},
    {"write into /tmp", LANDLOCK, try_write_outside, EACCES},
    {"execute a program, by landlock", LANDLOCK, try_exec, EACCES},
    {"execute a program", SECCOMP, try_exec, ENOSYS},
    {"trace", SECCOMP, try_ptrace, ENOSYS},
    {"fork", SECCOMP, try_fork, ENOSYS},
    {"vfork", SECCOMP, try_vfork, ENOSYS},
    {"signal somebody", SECCOMP, try_kill, ENOSYS},
    {"make memory code", SECCOMP, try_code, ENOSYS},
    {"map written code", SECCOMP, try_written_code, ENOSYS},
    {"see raw packets", SECCOMP, try_packet, ENOSYS},
    {"talk to the audit system", SECCOMP, try_audit, ENOSYS},
    {"show its memory", SECCOMP, try_dumpable, ENOSYS},
    {"change a limit", SECCOMP, try_limit, ENOSYS},
#define ROW(name) {#name, SECCOMP, try_##name, ENOSYS},
    ROW(mount) ROW(umount2) ROW(bpf) ROW(kexec_load) ROW(init_module) ROW(unshare) ROW(setns)
        ROW(chroot) ROW(pivot_root) ROW(io_uring_setup) ROW(perf_event_open) ROW(process_vm_readv)
            ROW(keyctl) ROW(userfaultfd) ROW(memfd_create) ROW(settimeofday) ROW(reboot) ROW(setuid)
                ROW(clone3)};

enum { ENDED_WELL = 0, NO_WALL = 77, NOT_REFUSED = 100 };

static void enter(enum walls walls, const struct sandbox_plan *where)
{
    char text[SANDBOX_TEXT_SIZE];
    int abi;
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if ((walls & LANDLOCK) != 0 && landlock_enter(where, &abi, text) != COMITY_OK)
        _exit(NO_WALL);
    if ((walls & SECCOMP) != 0 && seccomp_enter(where, text) != COMITY_OK)
        _exit(NO_WALL);
}

static int wait_for(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void what_an_attacker_would_do_next_is_refused(void **state)
{
    (void)state;
    size_t left_out = 0;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *row = &refusals[i];
        struct sandbox_plan where = plan();
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            enter(row->walls, &where);
            errno = 0;
            long result = row->attempt();
            _exit(result < 0 && errno == row->number ? ENDED_WELL : NOT_REFUSED);
        }
        int end = wait_for(child);
        left_out += end == NO_WALL;
        if (end != ENDED_WELL && end != NO_WALL)
            fail_msg("%s: the child ended with %d", row->name, end);
    }
    if (left_out > 0)
        print_message("this kernel lacks a wall: %zu rows were left out\n", left_out);
}

/* --- What must go on --- */

static void *add_one(void *number)
{
    ++*(int *)number;
    return NULL;
}

static int keep_files(void)
{
    char path[128], other[128];
    (void)snprintf(path, sizeof path, "%s/file", data);
    (void)snprintf(other, sizeof other, "%s/other", data);
    int file = open(path, O_RDWR | O_CREAT, 0600);
    int place = open(data, O_RDONLY | O_DIRECTORY);
    return file >= 0 && place >= 0 && write(file, "x", 1) == 1 && ftruncate(file, 0) == 0 &&
           posix_fallocate(file, 0, 4096) == 0 && fdatasync(file) == 0 &&
           rename(path, other) == 0 && fsync(place) == 0 && unlink(other) == 0;
}

static int serve_a_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
    int file = socket(AF_UNIX, SOCK_STREAM, 0);
    return file >= 0 && bind(file, (struct sockaddr *)&address, sizeof address) == 0 &&
           listen(file, 1) == 0 && unlink(socket_path) == 0;
}

static int look_a_name_up(void)
{
    struct gaicb request = {.ar_name = "localhost", .ar_service = "4750"};
    struct gaicb *list[] = {&request};
    const struct gaicb *waiting[] = {&request};
    if (getaddrinfo_a(GAI_NOWAIT, list, 1, NULL) != 0)
        return 0;
    while (gai_error(&request) == EAI_INPROGRESS)
        (void)gai_suspend(waiting, 1, NULL);
    return gai_error(&request) == 0 && request.ar_result != NULL;
}

static void files_sockets_threads_and_lookups_go_on(void **state)
{
    (void)state;
    struct sandbox_plan where = plan();
    where.looks_up_names = true;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct sandbox_state entered;
        pthread_t thread;
        int number = 41;
        sandbox_enter(&where, &entered);
        if (!keep_files())
            _exit(1);
        if (!serve_a_socket())
            _exit(2);
        if (pthread_create(&thread, NULL, add_one, &number) != 0 ||
            pthread_join(thread, NULL) != 0 || number != 42)
            _exit(3);
        if (!look_a_name_up())
            _exit(4);
        _exit(entered.landlock_abi > 0 && try_sibling() >= 0 ? 5 : 0);
    }
    assert_int_equal(wait_for(child), 0);
}

static void a_missing_directory_is_said_and_keeps_the_other_wall(void **state)
{
    (void)state;
    struct sandbox_plan where = plan();
    where.data_path = "/nowhere/at/all";
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct sandbox_state entered;
        sandbox_enter(&where, &entered);
        if (entered.landlock_abi != 0 || entered.landlock_text[0] == '\0')
            _exit(1);
        _exit(entered.seccomp && try_exec() == -1 ? 0 : 2);
    }
    assert_int_equal(wait_for(child), 0);
}

static int make_folder(void **state)
{
    char key[128];
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/comity-sandbox-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(data, sizeof data, "%s/data", folder);
    (void)snprintf(socket_path, sizeof socket_path, "%s/client.sock", folder);
    (void)snprintf(key, sizeof key, "%s/key", folder);
    int file = open(key, O_WRONLY | O_CREAT, 0600);
    return file < 0 || close(file) != 0 ? -1 : mkdir(data, 0700);
}

static int remove_folder(void **state)
{
    char key[128];
    (void)state;
    (void)snprintf(key, sizeof key, "%s/key", folder);
    (void)unlink(key);
    (void)rmdir(data);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_attacker_would_do_next_is_refused),
        cmocka_unit_test(files_sockets_threads_and_lookups_go_on),
        cmocka_unit_test(a_missing_directory_is_said_and_keeps_the_other_wall),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
