#include "cepoll.h"

#include <sys/epoll.h>

int cepoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cepoll_add(int poller, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET | EPOLLRDHUP, .data.fd = descriptor};
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

int cepoll_take(int poller, int32_t *descriptors, int count) {
    struct epoll_event events[256];
    int taken = epoll_wait(poller, events, count < 256 ? count : 256, 0);
    for (int index = 0; index < taken; index++) descriptors[index] = events[index].data.fd;
    return taken;
}
