#ifndef CLINUX_H
#define CLINUX_H

#include <stdint.h>
#include <sys/socket.h>

/// One event of an epoll descriptor: the token it was registered with, and what happened.
typedef struct clinux_event {
    uint64_t token;
    uint32_t events;
} clinux_event;

// What may happen to a descriptor, as epoll has it.
extern const uint32_t clinux_readable;
extern const uint32_t clinux_writable;
extern const uint32_t clinux_peer_closed;
extern const uint32_t clinux_hung_up;
extern const uint32_t clinux_failed;

/// A new epoll descriptor, closed on exec, or -1 with errno.
int clinux_epoll_create(void);

/// Watches a descriptor for all events, edge-triggered. 0, or -1 with errno.
int clinux_epoll_add(int epoll, int descriptor, uint64_t token);

/// Takes the events there are, without waiting, at most `capacity` and at most 256. Their number, or -1 with errno.
int clinux_epoll_take(int epoll, clinux_event *events, int capacity);

/// A new connection, non-blocking and closed on exec, or -1 with errno.
int clinux_accept(int listener, struct sockaddr_storage *address, socklen_t *length);

/// Tells the system to begin writing a part of a file to the disk, and waits for nothing. 0, or -1 with errno.
int clinux_begin_writing(int descriptor, int64_t offset, int64_t length);

/// Has the C library give memory back once it is freed: large blocks are mapped one by one, whatever was freed before.
void clinux_return_freed_memory(void);

/// The value that this thread was last given by clinux_set_thread_mark, or NULL.
const void *clinux_thread_mark(void);

/// Marks this thread.
void clinux_set_thread_mark(const void *mark);

#endif
