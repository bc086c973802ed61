// What the Glibc module lacks: epoll, accept4, sync_file_range, thread-local marks. _GNU_SOURCE must stay out of the header.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/epoll.h>

const uint32_t clinux_readable = EPOLLIN;
const uint32_t clinux_writable = EPOLLOUT;
const uint32_t clinux_peer_closed = EPOLLRDHUP;
const uint32_t clinux_hung_up = EPOLLHUP;
const uint32_t clinux_failed = EPOLLERR;

int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int clinux_epoll_add(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u64 = token}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int clinux_epoll_take(int epoll, clinux_event *events, int capacity) {
    struct epoll_event taken[256];
    int count;
    do {
        count = epoll_wait(epoll, taken, capacity < 256 ? capacity : 256, 0);
    } while (count < 0 && errno == EINTR);
    for (int i = 0; i < count; i++) {
        events[i].token = taken[i].data.u64;
        events[i].events = taken[i].events;
    }
    return count;
}

int clinux_accept(int listener, struct sockaddr_storage *address, socklen_t *length) {
    return accept4(listener, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_begin_writing(int descriptor, int64_t offset, int64_t length) {
    return sync_file_range(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
}

static _Thread_local const void *thread_mark;

const void *clinux_thread_mark(void) { return thread_mark; }

void clinux_set_thread_mark(const void *mark) { thread_mark = mark; }

void clinux_return_freed_memory(void) {
#ifdef __GLIBC__
    // Setting a threshold also keeps it: by itself it grows with every large block that is freed, up to 32 MiB, and what
    // the arena of a thread then took stays with it.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}
