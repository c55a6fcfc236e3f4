/* What a disk does to a process: laid over the C library by LD_PRELOAD.

   Counts the writes to regular files, standard streams apart, and at one of them does what it was
   told: FAULT_AT is its number, from 1; FAULT is "eio" (that one fails), "full" (that one and all
   after it fail) or "kill" (half of it is written, and the process is gone). FAULT_LOG names a
   file that says whether it came to that. Renames, syncs and truncations count, too, and removals,
   which a full disk lets happen. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long at, count;
static int full, deadly;

/* For a process that was forked after it was loaded: reads the environment again. */
void fault_arm(void) {
    const char *number = getenv("FAULT_AT"), *kind = getenv("FAULT");
    at = number ? atol(number) : 0;
    count = 0;
    full = kind && !strcmp(kind, "full");
    deadly = kind && !strcmp(kind, "kill");
}

__attribute__((constructor)) static void begin(void) { fault_arm(); }

static int ours(int fd) {
    struct stat found;
    return at > 0 && fd > 2 && !fstat(fd, &found) && S_ISREG(found.st_mode);
}

/* Counts one step; 1 where it is to fail, 2 where the process is to end in it. */
static int strikes(void) {
    pthread_mutex_lock(&lock);
    long number = ++count;
    pthread_mutex_unlock(&lock);
    int struck = at > 0 && (number == at || (full && number > at));
    if (struck && number == at) {
        const char *name = getenv("FAULT_LOG");
        int log = name ? open(name, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
        if (log >= 0) close(log);
    }
    return struck ? (deadly ? 2 : 1) : 0;
}

static int refuse(void) {
    errno = full ? ENOSPC : EIO;
    return -1;
}

static void end(void) { kill(getpid(), SIGKILL); pause(); }

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size) {
    int struck = ours(fd) ? strikes() : 0;
    if (struck == 1) return refuse();
    if (struck == 2) { NEXT(write)(fd, data, size / 2); end(); }
    return NEXT(write)(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t place) {
    int struck = ours(fd) ? strikes() : 0;
    if (struck == 1) return refuse();
    if (struck == 2) { NEXT(pwrite)(fd, data, size / 2, place); end(); }
    return NEXT(pwrite)(fd, data, size, place);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t place) {
    int struck = ours(fd) ? strikes() : 0;
    if (struck == 1) return refuse();
    if (struck == 2) { NEXT(pwrite64)(fd, data, size / 2, place); end(); }
    return NEXT(pwrite64)(fd, data, size, place);
}

#define STEP(condition) \
    do { \
        int struck = (condition) ? strikes() : 0; \
        if (struck == 1) return refuse(); \
        if (struck == 2) end(); \
    } while (0)

int fsync(int fd) { STEP(ours(fd)); return NEXT(fsync)(fd); }
int fdatasync(int fd) { STEP(ours(fd)); return NEXT(fdatasync)(fd); }
int ftruncate(int fd, off_t size) { STEP(ours(fd)); return NEXT(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { STEP(ours(fd)); return NEXT(ftruncate64)(fd, size); }
int rename(const char *from, const char *to) { STEP(at > 0); return NEXT(rename)(from, to); }
int unlink(const char *name) { STEP(at > 0 && !full); return NEXT(unlink)(name); }
