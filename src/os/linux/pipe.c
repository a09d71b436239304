/* SPDX-License-Identifier: MIT */
#include "os/pipe.h"

#include "bytes_moved.h"
#include "os/status.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Since Linux 6.18 (linux/fs.h): "prevent pipe and socket writes from raising
 * SIGPIPE". A kernel without it answers EOPNOTSUPP, and one without the call ENOSYS. */
#define WITHOUT_SIGPIPE 0x00000100
/* Where the file is at; a pipe is nowhere (pwritev2(2)). */
#define HERE (-1)

vigil_status vigil_os_pipe(vigil_fd *receiver, vigil_fd *sender)
{
    int fds[2] = {VIGIL_FD_NONE, VIGIL_FD_NONE};
    int result = pipe2(fds, O_NONBLOCK | O_CLOEXEC);
    *receiver = fds[0];
    *sender = fds[1];
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_pipe_read(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    return bytes_moved(read(fd, data, capacity), count);
}

/* Takes the signal that the write has raised in this thread, which holds it back. */
static void take_sigpipe(const sigset_t *sigpipe)
{
    const struct timespec at_once = {0};
    int taken = -1;
    do {
        taken = sigtimedwait(sigpipe, NULL, &at_once);
    } while (taken < 0 && errno == EINTR);
}

/* With the signal held back for as long as the write takes (pthread_sigmask(3)), and
 * one that was there before left alone. Linux raises it also where some bytes went
 * before the last receiver did, and then the count is short. */
static ssize_t write_holding_sigpipe(vigil_fd fd, const void *data, size_t length)
{
    sigset_t sigpipe;
    sigset_t before;
    sigset_t pending;
    (void)sigemptyset(&sigpipe);
    (void)sigaddset(&sigpipe, SIGPIPE);
    (void)sigpending(&pending);
    (void)pthread_sigmask(SIG_BLOCK, &sigpipe, &before);
    ssize_t result = write(fd, data, length);
    int error = errno;
    bool raised = result < 0 ? error == EPIPE : (size_t)result < length;
    if (raised && sigismember(&pending, SIGPIPE) == 0) {
        take_sigpipe(&sigpipe);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return result;
}

vigil_status vigil_os_pipe_write(vigil_fd fd, const void *data, size_t length, size_t *count)
{
    const struct iovec piece = {(void *)(uintptr_t)data, length};
    ssize_t result = pwritev2(fd, &piece, 1, HERE, WITHOUT_SIGPIPE);
    if (result < 0 && (errno == EOPNOTSUPP || errno == ENOSYS)) {
        result = write_holding_sigpipe(fd, data, length);
    }
    return bytes_moved(result, count);
}

vigil_status vigil_os_set_nonblocking(vigil_fd fd, bool enabled)
{
    int flags = fcntl(fd, F_GETFL);
    int wanted = enabled ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    bool set = flags >= 0 && fcntl(fd, F_SETFL, wanted) >= 0;
    return set ? VIGIL_OK : vigil_os_status(errno);
}
